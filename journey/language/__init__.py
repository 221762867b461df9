"""The model language: YAML that is read, checked and compiled once into tables."""

from journey.language.reading import parse_model

__all__ = ["parse_model"]

"""From YAML to the grammar's values, and on to a model."""

from __future__ import annotations

from journey.language.compiling import compile_model
from journey.language.converting import convert
from journey.language.document import Document
from journey.language.grammar import ModelSpec, MomentSpec, SignalSpec
from journey.model import Model


def parse_model(text: str, source: str) -> Model:
    """Read and compile a model; `source` names it in errors. Raises ModelError."""
    document = Document(text, source)
    spec = convert(document, document.values, ModelSpec, ())
    signals = {
        name: convert(document, value, SignalSpec, ("signals", name))
        for name, value in spec.signals.items()
    }
    moments = {
        name: convert(document, value, MomentSpec, ("moments", name))
        for name, value in spec.moments.items()
    }
    return compile_model(document, spec, signals, moments)

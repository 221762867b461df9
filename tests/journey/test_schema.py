"""The JSON Schema of the language takes what the reader takes, as far as forms go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from journey.language import grammar
from journey.language.document import Document
from journey.language.grammar import Keywords
from journey.language.schema import model_schema
from tests.journey.histories import MODELS

SCHEMA = model_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SHIPPED = [file for file in sorted(MODELS.glob("*.yaml")) if "." not in file.stem]
GOOD = (MODELS / "four-moments.yaml").read_text(encoding="utf-8")


def values(text: str) -> Any:
    return Document(text, "m.yaml").values


def test_it_is_a_schema_of_its_draft() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_models_fit(file: Path) -> None:
    VALIDATOR.validate(values(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("was", "becomes", "where"),
    [
        ("opens: {on: decision}", "opns: {on: decision}", ["moments", "fmot"]),
        ("count: 3", "count: three", ["moments", "zmot", "opens"]),
        ("severity: warning", "severity: loud", ["moments", "fmot", "alert", "at_risk"]),
        ("    value: properties.total", "    valu: properties.total", ["signals", "order"]),
        ("version: 1.0.0", "vrsion: 1.0.0", []),
        ("{on: friction}", "{on: {a: b}}", ["moments", "fmot", "at-risk"]),
    ],
)
def test_broken_models_do_not(was: str, becomes: str, where: list[str]) -> None:
    assert GOOD.count(was) == 1, was
    (error, *_) = VALIDATOR.iter_errors(values(GOOD.replace(was, becomes)))
    assert list(error.absolute_path)[: len(where)] == where


def test_signals_and_moments_are_typed() -> None:
    properties = SCHEMA["properties"]
    assert properties["signals"]["additionalProperties"] == {"$ref": "#/$defs/SignalSpec"}
    assert properties["moments"]["additionalProperties"] == {"$ref": "#/$defs/MomentSpec"}


def test_what_the_grammar_says_of_its_words_is_what_an_editor_shows() -> None:
    words = [kind for kind in vars(grammar).values() if _is_mapping(kind)]
    shown = {SCHEMA["description"]} | {one["description"] for one in SCHEMA["$defs"].values()}
    assert {" ".join((kind.__doc__ or "").split()) for kind in words} == {
        " ".join(text.split()) for text in shown
    }


def _is_mapping(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Keywords) and kind is not Keywords

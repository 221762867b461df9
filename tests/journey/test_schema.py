"""The JSON Schema of the language takes what the reader takes, as far as forms go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from journey.language import grammar
from journey.language.document import Document
from journey.language.grammar import Keywords
from journey.language.parts import NAMED
from journey.language.schema import model_schema
from tests.journey.histories import MODELS

SCHEMA = model_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SHIPPED = [file for file in sorted(MODELS.glob("*.yaml")) if "." not in file.stem]
EVERYTHING = Path(__file__).parent / "everything.yaml"
GOOD = (MODELS / "four-moments.yaml").read_text(encoding="utf-8")


def values(text: str) -> Any:
    return Document(text, "m.yaml").values


def test_it_is_a_schema_of_its_draft() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("file", [*SHIPPED, EVERYTHING], ids=lambda file: file.stem)
def test_models_fit(file: Path) -> None:
    VALIDATOR.validate(values(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("was", "becomes", "where"),
    [
        ("opens: {on: decision}", "opns: {on: decision}", ["moments", "fmot"]),
        ("count: $looks", "count: three", ["moments", "zmot", "opens"]),
        ("version: 1.0.0", "vrsion: 1.0.0", []),
        ("{on: friction}", "{on: {a: b}}", ["moments", "fmot", "at-risk"]),
    ],
)
def test_broken_models_do_not(was: str, becomes: str, where: list[str]) -> None:
    assert GOOD.count(was) == 1, was
    (error, *_) = VALIDATOR.iter_errors(values(GOOD.replace(was, becomes)))
    assert list(error.absolute_path)[: len(where)] == where


@pytest.mark.parametrize(
    ("was", "becomes", "where"),
    [
        ("{latest: traits.plan", "{newest: traits.plan", ["facts", "plan"]),
        ("half-life: 90d", "half-life: 90", ["scores", "bond", "half-life"]),
        ("review: polarity}", "review: high}", ["scores", "bond", "moves", "review"]),
        ("{fact: orders, more-than: 0}", "{fact: orders, over: 0}", ["conditions", "bought"]),
        ("{zone: UTC, hours", "{zone: UTC, ours", ["calendars", "office"]),
        ("enters: {on: look}", "enter: {on: look}", ["stages"]),
        ("{event: Booking Made}", "{name: Booking Made}", ["sectors", "hospitality", "order", 0]),
        ("    value: [properties.total", "    valu: [properties.total", ["signals", "order"]),
        ("apart: 1h", "apart: 1", ["moments", "habit", "opens"]),
        ("severity: critical", "severity: loud", ["moments", "promise", "alert", "missed"]),
    ],
)
def test_broken_parts_of_each_kind_do_not(was: str, becomes: str, where: list[str]) -> None:
    text = EVERYTHING.read_text(encoding="utf-8")
    assert text.count(was) == 1, was
    (error, *_) = VALIDATOR.iter_errors(values(text.replace(was, becomes)))
    assert list(error.absolute_path)[: len(where)] == where


@pytest.mark.parametrize("key", NAMED)
def test_what_a_model_names_is_typed(key: str) -> None:
    reference = f'"$ref": "#/$defs/{NAMED[key].__name__}"'
    assert reference in json.dumps(SCHEMA["properties"][key])


def test_what_the_grammar_says_of_its_words_is_what_an_editor_shows() -> None:
    words = [kind for kind in vars(grammar).values() if _is_mapping(kind)]
    shown = {SCHEMA["description"]} | {one["description"] for one in SCHEMA["$defs"].values()}
    assert {" ".join((kind.__doc__ or "").split()) for kind in words} == {
        " ".join(text.split()) for text in shown
    }


def _is_mapping(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Keywords) and kind is not Keywords

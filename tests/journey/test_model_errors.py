"""A model that is wrong is refused with its place, what was found and what was expected."""

from __future__ import annotations

import pytest

from journey.errors import ModelError
from journey.language import parse_model
from tests.journey.histories import MODELS

GOOD = (MODELS / "four-moments.yaml").read_text(encoding="utf-8")


def error_of(text: str) -> str:
    with pytest.raises(ModelError) as caught:
        parse_model(text, "m.yaml")
    return str(caught.value)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("opens: {on: decision}", "opns: {on: decision}", "'opns' is not a key of moments.fmot"),
        ("opens: {on: decision}", "opns: {on: decision}", "; expected 'opens'"),
        ("of: smot.met", "of: smot.mett", "'smot.mett' is not a signal of this model"),
        ("of: research, within", "of: fmot.met, within", "'fmot.met' comes from a moment"),
        ("within: $cart", "witin: $cart", "'witin' is not a key of moments.fmot.met"),
        ("within: $cart", "witin: $cart", "; expected 'within'"),
        ("{on: decision}", "{on: decison}", "'decison' is not a signal of this model"),
        ("{on: decision}", "{on: decison}", "; expected 'decision'"),
        ("$cart-patience", "$cart-patence", "'cart-patence' is not a setting of this model"),
        ("cart-patience: 24h", "cart-patience: 24", "whole number; setting 'cart-patience' is 24"),
        ("stage: decision", "stage: decisions", "'decisions' is not a stage of this model"),
        ("version: 1.0.0", "version: one", "'one' is not a version"),
        ("key: order  ", "key: ordr  ", "'ordr' is not a key of this model; expected 'order'"),
        ("count: $looks", "count: three", "expected a whole number, got a text"),
        ("Friction in a cart of {value}", "Friction of {vale}", "{vale} is not known in this"),
        ("stages: [visiting", "stages: [visiting]\nstages: [visiting", "'stages' stands twice"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_place(was: str, becomes: str, says: str) -> None:
    assert GOOD.count(was) == 1, was
    message = error_of(GOOD.replace(was, becomes))
    assert says in message
    assert message.startswith("m.yaml:")


def test_the_place_is_the_line_of_the_fault() -> None:
    text = GOOD.replace("opens: {on: decision}", "opns: {on: decision}")
    assert error_of(text).startswith(f"m.yaml:{line_of(text, 'opns')}:5:")


def test_text_that_is_not_yaml_is_refused_with_its_place() -> None:
    assert error_of("model: [").startswith("m.yaml:1:")


def test_an_empty_model_is_refused() -> None:
    assert error_of("") == "m.yaml:1:1: expected a mapping, got nothing"


def test_on_and_off_are_words_not_booleans() -> None:
    assert parse_model(GOOD, "m.yaml").moments[1].opens


def test_aliases_that_stand_for_too_much_are_refused() -> None:
    rows = [f"x{at}: &x{at} [{', '.join([f'*x{at - 1}'] * 9)}]" for at in range(1, 9)]
    text = "\n".join(["x0: &x0 [a, b, c]", *rows])
    assert "more than 100,000 values; expected fewer aliases" in error_of(text)


@pytest.mark.parametrize("text", ["a: &a [*a]", f"a: {'[' * 2_000}{']' * 2_000}"])
def test_what_has_no_end_or_goes_too_deep_is_refused(text: str) -> None:
    assert "goes too deep, or an alias stands for itself" in error_of(text)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("9" * 5_000, "int"),
        ("!!int nine", "int"),
        ("!!bool maybe", "bool"),
        ("!!float far", "float"),
        ("!!timestamp 2026-99-99", "timestamp"),
    ],
)
def test_a_value_that_is_not_what_its_tag_says_is_refused(value: str, kind: str) -> None:
    message = f"m.yaml:1:1: cannot be read as `{kind}`; expected a plain value"
    assert error_of(f"a: {value}") == message

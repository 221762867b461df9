"""Conditions in words: `bond is at least 20`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from journey.language.grammar import Condition, StateSpec
from journey.language.lexicon import listed


def phrase(specs: Mapping[str, StateSpec], name: str, *, holds: bool = True) -> str:
    """Say that a condition holds, or that it does not. The conditions have no circles."""
    spec = specs[name]
    if spec.not_ is not None:
        return phrase(specs, spec.not_, holds=not holds)
    parts = spec.all or spec.any
    if parts:
        # That not all hold is that any does not, and the other way round.
        return _joined(specs, parts, " and " if bool(spec.all) is holds else " or ", holds=holds)
    about, what = _simple(spec)
    if holds:
        return f"{about} is {' and '.join(what)}"
    denied = f"({' and '.join(what)})" if len(what) > 1 else what[0]
    return f"{about} is not {denied}"


def phrase_wanted(wanted: Any) -> str:
    """Say what a field of an event must be: `at least 4`, `one of red, blue`."""
    if isinstance(wanted, list):
        return _one_of([_shown(one) for one in wanted])
    if not isinstance(wanted, Condition):
        return _shown(wanted)
    return " and ".join([*_comparisons(wanted), *_of_text(wanted)])


def _joined(
    specs: Mapping[str, StateSpec], parts: list[str], conjunction: str, *, holds: bool
) -> str:
    said = [phrase(specs, part, holds=holds) for part in parts]
    if len(said) == 1:
        return said[0]
    return conjunction.join(
        f"({one})" if specs[part].all or specs[part].any else one
        for part, one in zip(parts, said, strict=True)
    )


def _simple(spec: StateSpec) -> tuple[str, list[str]]:
    if spec.stage is not None:
        return "the stage", [_one_of(listed(spec.stage))]
    if spec.open is not None:
        return spec.open, ["open"]
    below = spec.below_others
    others = [] if below is None else [f"{below:g} or more below the others"]
    return spec.fact or spec.score or "", [*_comparisons(spec), *others]


def _of_text(condition: Condition) -> Iterator[str]:
    if condition.prefix is not None:
        yield f"a text that begins with {condition.prefix!r}"
    if condition.glob is not None:
        yield f"a text like {condition.glob!r}"
    if condition.not_ is not None:
        yield f"not {phrase_wanted(condition.not_)}"


def _comparisons(spec: StateSpec | Condition) -> Iterator[str]:
    if spec.exists is not None:
        yield "known" if spec.exists else "unknown"
    if spec.equals is not msgspec.UNSET:
        yield _shown(spec.equals)
    if spec.in_ is not None:
        yield _one_of([_shown(one) for one in spec.in_])
    for words, limit in (
        ("at least", spec.at_least),
        ("at most", spec.at_most),
        ("more than", spec.more_than),
        ("less than", spec.less_than),
    ):
        if limit is not None:
            yield f"{words} {limit:g}"


def _one_of(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"one of {', '.join(values)}"


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)

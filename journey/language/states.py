"""Conditions on what is known of the customer, compiled into tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

import msgspec

from journey.language.comparing import compared, compile_fact_test, compile_score_test
from journey.language.document import Path
from journey.language.grammar import StateSpec
from journey.language.lexicon import Lexicon, listed, places
from journey.language.phrasing import phrase
from journey.tables import Test

_Kind = Literal["fact", "score", "stage", "open", "all", "any", "not"]
_KINDS = ("fact", "score", "stage", "open", "all", "any", "not_")


def compile_conditions(words: Lexicon) -> tuple[Test, ...]:
    """Compile all conditions. Raises ModelError."""
    specs = words.parts.conditions
    tests = tuple(_test(words, name, spec) for name, spec in specs.items())
    _check_circles(words, tests)
    return tuple(msgspec.structs.replace(test, words=phrase(specs, test.name)) for test in tests)


def _test(words: Lexicon, name: str, spec: StateSpec) -> Test:
    path: Path = ("conditions", name)
    kind = _kind(words, spec, path)
    _check_comparisons(words, spec, kind, path)
    if kind == "fact":
        return compile_fact_test(words, name, spec, path)
    if kind == "score":
        return compile_score_test(words, name, spec, path)
    if kind == "stage":
        known = words.parts.stages
        stages = [
            words.known(stage, known, place, "a stage")
            for stage, place in places(spec.stage, (*path, "stage"))
        ]
        return Test(name=name, kind="stage", stages=frozenset(stages))
    if kind == "open":
        return Test(name=name, kind="open", index=words.moment(spec.open or "", (*path, "open")))
    return Test(name=name, kind=kind, parts=_parts(words, spec, kind, path))


def _kind(words: Lexicon, spec: StateSpec, path: Path) -> _Kind:
    given = [kind.strip("_") for kind in _KINDS if getattr(spec, kind) is not None]
    if len(given) != 1:
        found = f"has {' and '.join(f'`{kind}`' for kind in given)}" if given else "has none"
        kinds = ", ".join(f"`{kind.strip('_')}`" for kind in _KINDS)
        raise words.document.error(path, f"condition {path[1]!r} {found}; expected one of {kinds}")
    return cast(_Kind, given[0])


def _check_comparisons(words: Lexicon, spec: StateSpec, kind: _Kind, path: Path) -> None:
    given = compared(spec)
    if kind in {"fact", "score"} and not given:
        raise words.document.error(
            path, f"condition {path[1]!r} compares with nothing; expected one like `at-least`"
        )
    if kind not in {"fact", "score"} and given:
        raise words.document.error(
            (*path, given[0]), f"`{given[0]}` belongs to `fact` or `score`, not to `{kind}`"
        )


def _parts(words: Lexicon, spec: StateSpec, kind: _Kind, path: Path) -> tuple[int, ...]:
    names = listed(spec.not_) or spec.all or spec.any
    if not names:
        raise words.document.error((*path, kind), f"`{kind}` of nothing; expected conditions")
    return words.conditions(spec.not_ or names, (*path, kind))


def _check_circles(words: Lexicon, tests: tuple[Test, ...]) -> None:
    """Refuse a condition that asks itself."""
    for at, test in enumerate(tests):
        if at in _asked(tests, at):
            raise words.document.error(
                ("conditions", test.name),
                f"condition {test.name!r} goes round in a circle; expected it not to ask itself",
            )


def _asked(tests: tuple[Test, ...], start: int) -> Iterator[int]:
    """Give the conditions that one asks, and those that they ask."""
    waiting, seen = list(tests[start].parts), set[int]()
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            yield at
            waiting += tests[at].parts

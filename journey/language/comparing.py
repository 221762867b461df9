"""Conditions that compare a fact or a score with what is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from journey.event import number
from journey.language.conditions import compile_condition
from journey.language.document import Path
from journey.language.grammar import Condition, StateSpec
from journey.language.lexicon import Lexicon
from journey.language.scores import millionths
from journey.tables import Test

_Check = Callable[[Any], bool]

_LIMITS = ("at_least", "at_most", "more_than", "less_than")
_COMPARISONS = ("equals", "in_", "exists", *_LIMITS, "below_others")


def compared(spec: StateSpec) -> list[str]:
    """Give the comparisons of a condition, as they are written."""
    return [
        _keyword(field)
        for field in _COMPARISONS
        if getattr(spec, field) not in (None, msgspec.UNSET)
    ]


def compile_fact_test(words: Lexicon, name: str, spec: StateSpec, path: Path) -> Test:
    """Compile a condition on a fact. Raises ModelError."""
    if spec.below_others is not None:
        raise words.document.error(
            (*path, "below-others"), "`below-others` belongs to `score`, not to `fact`"
        )
    index = words.fact(spec.fact or "", (*path, "fact"))
    compare = compile_condition(_condition(spec))
    if spec.exists is None and words.parts.facts[spec.fact or ""].sum is not None:
        check = _for_one(compare)
    elif spec.exists is False:
        check = compare
    else:
        check = _for_known(compare)
    return Test(name=name, kind="fact", index=index, holds=check)


def _for_known(compare: _Check) -> _Check:
    """Check a fact; one that is not there (None) satisfies nothing."""
    return lambda value: value is not None and compare(value)


def _for_one(compare: _Check) -> _Check:
    """Check a sum, which is one number a currency; it is enough that one of them satisfies."""
    return lambda sums: any(compare(total) for total in (sums or {}).values())


def compile_score_test(words: Lexicon, name: str, spec: StateSpec, path: Path) -> Test:
    """Compile a condition on a score, in millionths as it is kept. Raises ModelError."""
    index = words.score(spec.score or "", (*path, "score"))
    below = spec.below_others
    if below is not None and not words.parts.scores[spec.score or ""].by:
        raise words.document.error(
            (*path, "below-others"), f"score {spec.score!r} has no others; expected one with `by`"
        )
    return Test(
        name=name,
        kind="score",
        index=index,
        holds=None if compared(spec) == ["below-others"] else _score_check(words, spec, path),
        below_others=None if below is None else _scaled(words, below, (*path, "below-others")),
    )


def _score_check(words: Lexicon, spec: StateSpec, path: Path) -> _Check:
    if spec.exists is not None:
        raise words.document.error(
            (*path, "exists"), "`exists` belongs to `fact`: a score that nothing moved is 0"
        )
    changed: dict[str, Any] = {
        field: _scaled(words, value, (*path, _keyword(field)))
        for field in ("equals", *_LIMITS)
        if (value := getattr(spec, field)) not in (None, msgspec.UNSET)
    }
    if spec.in_ is not None:
        changed["in_"] = [_scaled(words, one, (*path, "in", at)) for at, one in enumerate(spec.in_)]
    return compile_condition(_condition(msgspec.structs.replace(spec, **changed)))


def _scaled(words: Lexicon, value: object, path: Path) -> int:
    read = number(value)
    if read is None:
        raise words.document.error(path, f"{value!r} is not a number; a score is compared with one")
    return millionths(words.document, read, path)


def _keyword(field: str) -> str:
    return field.strip("_").replace("_", "-")


def _condition(spec: StateSpec) -> Condition:
    return Condition(
        equals=spec.equals,
        in_=spec.in_,
        exists=spec.exists,
        at_least=spec.at_least,
        at_most=spec.at_most,
        more_than=spec.more_than,
        less_than=spec.less_than,
    )

"""Facts: what is known of a subject, kept up to date by signals."""

from __future__ import annotations

from typing import Any

from journey.cause import Cause, as_key
from journey.fold import Part
from journey.model import Fact
from journey.scores import MILLIONTHS

_MOST_TIMES = 1_000
_MOST_VALUES = 256
_MOST_COUNTED = 64


def learn(part: Part, fact: Fact, cause: Cause, mask: int) -> None:
    """Let these signals change a fact, and settle it where it changes no more."""
    if fact.slot in part.settled:
        return
    if mask & fact.of:
        known = part.facts.get(fact.slot)
        after = _LEARNT[fact.kind](fact, known, cause)
        if after is not None:
            part.facts[fact.slot] = after
    if mask & fact.until:
        part.settled = (*part.settled, fact.slot)
        if fact.kind == "count":
            part.facts[fact.slot] = shown(part, fact, cause.t)


def shown(part: Part, fact: Fact, t: int) -> Any:
    """Give a fact's value as of an instant (ms); None where nothing is known.

    A count and a number of different values as integers, a sum as a value a currency.
    """
    known = part.facts.get(fact.slot)
    if fact.kind == "count":
        return _count(fact, known, t)
    if fact.kind == "distinct":
        return len(known or ())
    if known is None:
        return None
    if fact.kind == "most":
        return min(known, key=lambda value: (-known[value], value))
    if fact.kind == "sum":
        return {currency: total / MILLIONTHS for currency, total in sorted(known.items())}
    return known


def _count(fact: Fact, known: Any, t: int) -> int:
    if fact.within is None or isinstance(known, int):  # a settled one is no more counted
        return known or 0
    return sum(1 for time in known or () if time > t - fact.within)


def _latest(fact: Fact, _known: Any, cause: Cause) -> Any:
    assert fact.source is not None, "the compiler gives it one"
    value = cause.read(fact.source)
    return value if as_key(value) is not None else None


def _counted(fact: Fact, known: Any, cause: Cause) -> Any:
    if fact.within is None:
        return (known or 0) + 1
    times = tuple(time for time in known or () if time > cause.t - fact.within)
    return (*times, cause.t) if len(times) < _MOST_TIMES else times


def _distinct(fact: Fact, known: Any, cause: Cause) -> Any:
    value = _text(fact, cause)
    values = known or ()
    if value is None or value in values or len(values) >= _MOST_VALUES:
        return None
    return (*values, value)


def _most(fact: Fact, known: Any, cause: Cause) -> Any:
    value = _text(fact, cause)
    counts = known or {}
    if value is None or (value not in counts and len(counts) >= _MOST_COUNTED):
        return None
    return {**counts, value: counts.get(value, 0) + 1}


def _sum(fact: Fact, known: Any, cause: Cause) -> Any:
    value, currency = cause.value(fact.of)
    if value is None or currency is None:
        return None
    totals = known or {}
    return {**totals, currency: totals.get(currency, 0) + round(value * MILLIONTHS)}


def _text(fact: Fact, cause: Cause) -> str | None:
    assert fact.source is not None, "the compiler gives it one"
    return as_key(cause.read(fact.source))


_LEARNT = {
    "latest": _latest,
    "count": _counted,
    "distinct": _distinct,
    "most": _most,
    "sum": _sum,
}

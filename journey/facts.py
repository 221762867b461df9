"""Facts: what is known of a subject, kept up to date by signals."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from journey.cause import Cause, Learn
from journey.fold import Part
from journey.model import Model
from journey.readings import NOTHING, Known, Readings, as_key
from journey.scores import MILLIONTHS
from journey.tables import Fact, Source

_MOST_TIMES = 1_000
_MOST_VALUES = 256
_MOST_COUNTED = 64
_MOST_SUMMED = 9_000_000_000_000
"""Sums go no further either way, so that they fit the 64 bits of a state."""

_Add = Callable[[Any, Cause], Any]
"""Gives what is known after something, of what was known before (None: nothing); None if the
same."""


def learners(facts: Sequence[Fact], mask: int, readings: Readings) -> Iterator[Learn]:
    """Make what lets facts take these signals: those that only note the event's fields first."""
    noting = [one for one in facts if one.kind == "latest" and not one.until and _reads(one)]
    for fact in [*noting, *(one for one in facts if one not in noting)]:
        learn = _learner(fact, readings)
        if fact.until:
            yield _settling(fact, mask, learn)
        elif learn is not _nothing:
            yield learn


def _learner(fact: Fact, readings: Readings) -> Learn:
    """Make what lets a fact take the signals at hand."""
    slot, add = fact.slot, _ADDING[fact.kind](fact, readings)
    if add is None:
        return _nothing

    def learn(part: Part, cause: Cause) -> None:
        after = add(part.facts.get(slot), cause)
        if after is not None:
            part.facts[slot] = after

    return learn


def _nothing(_: Part, __: Cause) -> None:
    """Learn nothing: there is nothing to read."""


def shown(part: Part, fact: Fact, t: int) -> Any:
    """Give a fact's value as of an instant (ms); None where nothing is known.

    A count and a number of different values as integers, a sum as a value a currency.
    """
    known = part.facts.get(fact.slot)
    return known if fact.kind == "latest" else seen(fact, known, t)


def seen(fact: Fact, known: Any, t: int) -> Any:
    """Give the value at an instant (ms) of what is known of a fact that is not just the latest."""
    if fact.kind == "count":
        return _count(fact, known, t)
    if fact.kind == "distinct":
        return len(known or ())
    if known is None:
        return None
    if fact.kind == "most":
        most = max(known.values())
        return min([value for value, count in known.items() if count == most])
    return {currency: total / MILLIONTHS for currency, total in sorted(known.items())}


def all_shown(model: Model, part: Part, t: int) -> dict[str, Any]:
    """Give the values of all facts as of an instant (ms), in the model's order."""
    found = model.nothing_known.copy()
    for slot, known in part.facts.items():
        fact = model.facts_by_slot.get(slot)
        if fact is not None:
            found[fact.name] = known if fact.kind == "latest" else seen(fact, known, t)
    return found


def _reads(fact: Fact) -> bool:
    return fact.source is not None and fact.source.read is not None


def _settling(fact: Fact, mask: int, learn: Learn) -> Learn:
    name, changes, settles = fact.slot, fact.of & mask, fact.until & mask

    def learn_until(part: Part, cause: Cause) -> None:
        if name in part.settled:
            return
        if changes:
            learn(part, cause)
        if settles:
            part.settled = (*part.settled, name)
            if fact.kind == "count":
                part.facts[name] = shown(part, fact, cause.t)

    return learn_until


def _count(fact: Fact, known: Any, t: int) -> int:
    if fact.within is None or isinstance(known, int):  # a settled one is no more counted
        return known or 0
    times = known or ()
    return len(times) - bisect_right(times, t - fact.within)


def _latest(fact: Fact, readings: Readings) -> _Add | None:
    read = readings.of(_source(fact))
    if isinstance(read, Known):
        value = None if as_key(read.value) is None else read.value
        return None if value is None else lambda _, __: value

    def add(_: Any, cause: Cause) -> Any:
        value = read(cause.scene.fields)
        return None if as_key(value) is None else value

    return add


def _counted(fact: Fact, _: Readings) -> _Add:
    within = fact.within
    if within is None:
        return lambda known, _: (known or 0) + 1

    def add(known: Any, cause: Cause) -> Any:
        times = known or ()
        if times and times[0] <= cause.t - within:
            times = tuple(time for time in times if time > cause.t - within)
        return (*times, cause.t) if len(times) < _MOST_TIMES else times

    return add


def _distinct(fact: Fact, readings: Readings) -> _Add | None:
    read = readings.key(_source(fact))

    def add(known: Any, cause: Cause) -> Any:
        value, values = read(cause.scene.fields), known or ()
        if value is None or value in values or len(values) >= _MOST_VALUES:
            return None
        return (*values, value)

    return None if read == NOTHING else add


def _most(fact: Fact, readings: Readings) -> _Add | None:
    read = readings.key(_source(fact))

    def add(known: Any, cause: Cause) -> Any:
        value, counts = read(cause.scene.fields), known or {}
        if value is None or (value not in counts and len(counts) >= _MOST_COUNTED):
            return None
        return {**counts, value: counts.get(value, 0) + 1}

    return None if read == NOTHING else add


def _sum(fact: Fact, readings: Readings) -> _Add:
    read = readings.value(fact.of)

    def add(known: Any, cause: Cause) -> Any:
        value, currency = cause.value(read)
        if value is None or currency is None:
            return None
        totals = known or {}
        added = round(min(max(value, -_MOST_SUMMED), _MOST_SUMMED) * MILLIONTHS)
        total = totals.get(currency, 0) + added
        most = _MOST_SUMMED * MILLIONTHS
        return {**totals, currency: min(max(total, -most), most)}

    return add


def _source(fact: Fact) -> Source:
    assert fact.source is not None, "the compiler gives it one"
    return fact.source


_ADDING: dict[str, Callable[[Fact, Readings], _Add | None]] = {
    "latest": _latest,
    "count": _counted,
    "distinct": _distinct,
    "most": _most,
    "sum": _sum,
}

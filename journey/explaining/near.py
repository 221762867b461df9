"""Events that might have been a signal and were not, and those that could do nothing at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from journey.explaining.case import Case, Seen
from journey.explaining.hindsight import at_event, at_instant
from journey.explaining.phrases import SHOWN, either
from journey.explaining.plain import write
from journey.tables import Signal, Want

_LONG_AGO = -1


def nearly(case: Case, mask: int, since: int = _LONG_AGO) -> list[str]:
    """Tell of the latest events, from an instant (ms) on, that were nearly one of these signals."""
    found = [*_unfit(case, mask, since), *_underived(case, mask, since)]
    found.sort(key=lambda one: one[0])
    return [said for _, said in found[-SHOWN:]]


def useless(case: Case) -> Iterator[str]:
    """Name the events that have done nothing: unknown to the model, or ahead of the clock."""
    known = case.model.events
    for name in sorted({seen.name for seen in case.seen} - known):
        near = get_close_matches(name, known, n=1)
        meant = f", was {near[0]!r} meant?" if near else ""
        yield f"{name!r} means nothing in the model{meant}"
    for seen in case.seen:
        if seen.t > case.clock and seen.name in known:
            yield f"{case.tell(seen)} waits for the clock"


def _unfit(case: Case, mask: int, since: int) -> Iterator[tuple[int, str]]:
    """Find the events that bear the name of a signal, but not its `where`."""
    signals = [one for at, one in enumerate(case.model.signals) if mask >> at & 1]
    for seen, means in case.happened:
        if seen.t < since or means & mask:
            continue
        for signal in signals:
            why = _why_not(signal, seen.name, seen.fields)
            if why:
                yield seen.t, f"{case.tell(seen)} is no `{signal.name}`: {why}"


def _why_not(signal: Signal, name: str, fields: Mapping[str, Any]) -> str:
    """Say what was wrong with an event for each match of a signal that has its name."""
    wrong = [
        " and ".join(_seen_of(want, fields) for want in wants if not want.holds(fields))
        for (event, _), wants in zip(signal.matches, signal.wants, strict=True)
        if event == name
    ]
    return "; or ".join(dict.fromkeys(wrong))


def _seen_of(want: Want, fields: Mapping[str, Any]) -> str:
    value = fields.get(want.path)
    seen = "unknown" if value is None else write(value)
    return f"{want.path} is {seen}, expected {want.words}"


def _underived(case: Case, mask: int, since: int) -> Iterator[tuple[int, str]]:
    """Find the last event of which each derived signal might have come, and what failed."""
    for bit, signal in case.model.derived:
        if not bit & mask:
            continue
        last = case.last(signal.of)
        if last is None:
            near = nearly(case, signal.of, since)
            yield case.clock, "; ".join([_defined(case, signal), *near])
        elif last.t >= since:
            why = _failed(case, bit, signal, last)
            if why:
                yield last.t, f"{case.tell(last)} is no `{signal.name}`: {why}"


def _defined(case: Case, signal: Signal) -> str:
    """Say what a derived signal is, and how what it asks about is at the clock."""
    when = " and ".join(case.model.tests[at].words for at in signal.when)
    asked = at_instant(case, case.clock, case.last(-1))
    now = "" if asked is None else f" (now {asked.seen(signal.when)})"
    of = either(case.model, signal.of)
    return f"`{signal.name}` is {of} when {when}{now}" if when else f"`{signal.name}` is {of}"


def _failed(case: Case, bit: int, signal: Signal, last: Seen) -> str:
    asked = at_event(case, last, bit)
    return "" if asked is None else " and ".join(asked.failing(signal.when))

"""Facts and scores: how signals and outcomes change them, and what they are at an instant."""

from __future__ import annotations

from journey.tables import Fact, Score
from tests.journey.oracle import reading
from tests.journey.oracle.decay import faded
from tests.journey.oracle.state import Cause, FactState, Form, Memory

_DISTINCT, _MOST, _TIMES, _TUPLES = 256, 64, 1_000, 64


def learn(memory: Memory, cause: Cause, bits: int, currency: str) -> None:
    """Let all facts, then all scores take these of the signals that hold."""
    for fact in cause.version.model.facts:
        if bits & (fact.of | fact.until):
            state = memory.facts.setdefault(fact_form(fact), FactState())
            if state.frozen is None and bits & fact.of:
                _add(fact, state, cause, bits, currency)
            if state.frozen is None and bits & fact.until:
                state.frozen = cause.t
    for score in cause.version.model.scores:
        for bit, move in score.moves:
            if bits & bit:
                by = reading.polarity(cause, bit) if move is None else move
                if by is not None:
                    _move(memory, score, cause, bit, by)


def fact_form(fact: Fact) -> Form:
    """Give what a fact is carried by into another version: its name, kept in the same form."""
    return (fact.name, fact.kind, "at all times" if fact.within is None else "within")


def _add(fact: Fact, state: FactState, cause: Cause, bits: int, currency: str) -> None:
    if fact.kind == "count":
        if fact.within is not None:
            state.times = [t for t in state.times if t > cause.t - fact.within]
        if len(state.times) < _TIMES:
            state.times.append(cause.t)
        state.count += 1
    elif fact.kind == "sum":
        value, unit = reading.value(cause, fact.of & bits, currency)
        if value is not None and unit is not None:
            added = round(max(-9e12, min(9e12, value)) * 1_000_000)
            total = state.sums.get(unit, 0) + added
            state.sums[unit] = max(-9 * 10**18, min(9 * 10**18, total))
    else:
        assert fact.source is not None
        _add_value(fact.kind, state, reading.source(cause, fact.source))


def _add_value(kind: str, state: FactState, value: reading.Scalar) -> None:
    written = reading.text(value)
    if written is None:
        return
    if kind == "latest":
        state.latest = value
    elif kind == "distinct" and len(state.values) < _DISTINCT:
        state.values.add(written)
    elif kind == "most" and (written in state.tally or len(state.tally) < _MOST):
        state.tally[written] += 1


def fact_at(memory: Memory, fact: Fact, t: int) -> object:
    """Give a fact at an instant; None where there is nothing to it."""
    state = memory.facts.get(fact_form(fact), FactState())
    if fact.kind == "latest":
        return state.latest
    if fact.kind == "count":
        return _count(fact, state, t)
    if fact.kind == "distinct":
        return len(state.values)
    if fact.kind == "most":
        best = sorted(state.tally.items(), key=lambda one: (-one[1], one[0]))
        return best[0][0] if best else None
    return {unit: total / 1_000_000 for unit, total in sorted(state.sums.items())} or None


def _count(fact: Fact, state: FactState, t: int) -> int:
    if fact.within is None:
        return state.count
    asked = t if state.frozen is None else state.frozen
    return sum(1 for one in state.times if one > asked - fact.within)


def _move(memory: Memory, score: Score, cause: Cause, bit: int, by: int) -> None:
    kept = memory.scores.setdefault((score.name, *score.by), {})
    place = tuple_at_hand(score, cause, bit)
    if place not in kept and len(kept) >= _TUPLES:
        return
    value, as_of = faded(*kept.get(place, (0, cause.t)), cause.t, score.half_life)
    value += by
    if score.least is not None:
        value = max(value, score.least)
    if score.most is not None:
        value = min(value, score.most)
    kept[place] = value, as_of


def tuple_at_hand(score: Score, cause: Cause, bits: int) -> tuple[str, ...]:
    """Give the attributes by which a score is kept, of the signal at hand."""
    known = cause.version.model.names_of(bits)
    return tuple(
        (known[0] if known else "")
        if name == "signal"
        else reading.text(reading.attribute(cause, name)) or ""
        for name in score.by
    )


def scores_at(memory: Memory, score: Score, t: int) -> dict[tuple[str, ...], int]:
    """Give all numbers of a score at an instant, in millionths."""
    kept = memory.scores.get((score.name, *score.by), {})
    return {place: faded(*number, t, score.half_life)[0] for place, number in kept.items()}

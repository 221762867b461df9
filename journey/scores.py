"""Scores: numbers that signals move and that time brings back to nought.

All in integers of millionths, so that every machine comes to the same; they decay in whole steps
of a 256th of their half-life.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any

from journey.cause import Cause
from journey.event import number
from journey.fold import Part
from journey.readings import Known, Readings, as_key
from journey.tables import Score

MILLIONTHS = 1_000_000
_STEPS = 256
_ONE = 1 << 32
_MOST_TUPLES = 64
_DIGITS = 40
BETWEEN = "\x1f"


def _factors() -> tuple[int, ...]:
    with localcontext() as context:
        context.prec = _DIGITS
        half = Decimal("0.5")
        return tuple(
            int((_ONE * half ** (Decimal(i) / _STEPS)).to_integral()) for i in range(_STEPS)
        )


_FACTORS = _factors()


def decayed(score: Score, state: tuple[int, int], t: int) -> tuple[int, int]:
    """Give value and instant (ms) of a score as of the last whole step up to `t`."""
    value, as_of = state
    if score.half_life is None:
        return value, as_of
    step = score.half_life // _STEPS
    steps = (t - as_of) // step
    if steps <= 0:
        return value, as_of
    halves, rest = divmod(steps, _STEPS)
    size = (abs(value) * _FACTORS[rest] >> 32) >> halves
    return (size if value >= 0 else -size), as_of + steps * step


def mover(
    score: Score, bit: int, by: int | None, readings: Readings
) -> Callable[[Part, Cause], None]:
    """Make what lets one signal move a score, by so much; by its polarity with None."""
    slot_of = slot_reader(score, readings, bit)
    only = slot_of.value if isinstance(slot_of, Known) else None
    least, most = score.least, score.most
    polarity = Known(None) if by is not None else readings.polarity(bit)
    if isinstance(polarity, Known) and by is None:
        by = _in_millionths(polarity.value)

    def move(part: Part, cause: Cause) -> None:
        slot: str = only or slot_of(cause.scene.fields)
        known = part.scores.get(slot)
        if known is None:
            if len(part.scores) >= _MOST_TUPLES and len(slots(part, score)) >= _MOST_TUPLES:
                return
            known = (0, cause.t)
        value, as_of = known if known[1] >= cause.t else decayed(score, known, cause.t)
        value += _in_millionths(polarity(cause.scene.fields)) if by is None else by
        if least is not None and value < least:
            value = least
        if most is not None and value > most:
            value = most
        part.scores[slot] = (value, as_of)

    return move


def slot_reader(
    score: Score, readings: Readings, mover: int | None = None
) -> Callable[[Mapping[str, Any]], str]:
    """Make what says which number of a score is that of the signals at hand.

    `mover` has who moves it, where that is not any of them.
    """
    readers = [
        Known(_first(readings, mover)) if name == "signal" else readings.attribute(name)
        for name in score.by
    ]

    def slot(fields: Mapping[str, Any]) -> str:
        return BETWEEN.join((score.slot, *(_text(read(fields)) for read in readers)))

    return Known(slot({})) if all(isinstance(read, Known) for read in readers) else slot


def by_of(score: Score, slot: str) -> dict[str, str]:
    """Give the attributes that a number of a score is kept by."""
    return dict(zip(score.by, slot.split(BETWEEN)[1:], strict=True))


def value_at(part: Part, score: Score, slot: str, t: int) -> int:
    """Give a score's value at an instant, in millionths; one that was never moved is 0."""
    return decayed(score, part.scores.get(slot, (0, t)), t)[0]


def slots(part: Part, score: Score) -> list[str]:
    """Give the numbers that a score has."""
    if not score.by:
        return [score.slot] if score.slot in part.scores else []
    prefix = score.slot + BETWEEN
    return [one for one in part.scores if one.startswith(prefix)]


def gap_to_others(part: Part, score: Score, slot: str, t: int) -> tuple[int, int]:
    """Compare a number with those that differ from it in the first attribute only.

    Gives the sum of the others less so many times its own, and how many they are.
    """
    others = [one for one in slots(part, score) if one != slot]
    if others and len(score.by) > 1:
        alike = slot.split(BETWEEN)[2:]
        others = [one for one in others if one.split(BETWEEN)[2:] == alike]
    if not others:
        return 0, 0  # most customers use one channel
    own = value_at(part, score, slot, t)
    return sum(value_at(part, score, one, t) - own for one in others), len(others)


@lru_cache(maxsize=1_024, typed=True)
def _in_millionths(polarity: object) -> int:
    read = number(polarity)
    return 0 if read is None else round(read * MILLIONTHS)


def _first(readings: Readings, mover: int | None) -> str:
    """Give the name of who moves a score: of the first of the signals at hand."""
    return next(iter(readings.model.names_of(readings.mask if mover is None else mover)), "")


def _text(value: object) -> str:
    return (as_key(value) or "").replace(BETWEEN, " ")

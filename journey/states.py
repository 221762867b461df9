"""Conditions on the fold, made into what says whether one holds now, for the signals at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from journey import facts, scores
from journey.cause import Cause, Holds
from journey.readings import Readings
from journey.tables import Test


def all_hold(tests: tuple[int, ...], readings: Readings) -> Holds:
    """Make what says whether all of these tests (by index) hold at a cause's instant."""
    return _joined(tests, readings, until=False)


def any_holds(tests: tuple[int, ...], readings: Readings) -> Holds:
    """Make what says whether one of these tests (by index) holds at a cause's instant."""
    return _joined(tests, readings, until=True)


def _joined(tests: tuple[int, ...], readings: Readings, *, until: bool) -> Holds:
    """Make what asks one after the other, until one says so; without any, it is the other."""
    parts = [holding(at, readings) for at in tests]
    if len(parts) == 1:
        return parts[0]

    def joined(cause: Cause) -> bool:
        for holds in parts:
            if holds(cause) is until:
                return until
        return not until

    return joined


def holding(index: int, readings: Readings) -> Holds:
    """Make what says whether a test holds; a score is that of the signals at hand."""
    test = readings.model.tests[index]
    return _HOLDING[test.kind](test, readings)


def _fact_holds(test: Test, readings: Readings) -> Holds:
    fact, is_so = readings.model.facts[test.index], _comparison(test)
    return lambda cause: is_so(facts.shown(cause.scene.part, fact, cause.t))


def _score_holds(test: Test, readings: Readings) -> Holds:
    score, below, is_so = readings.model.scores[test.index], test.below_others, test.holds
    slot_of = scores.slot_reader(score, readings)

    def holds(cause: Cause) -> bool:
        part, slot = cause.scene.part, slot_of(cause.scene.fields)
        if is_so is not None and not is_so(scores.value_at(part, score, slot, cause.t)):
            return False
        if below is None:
            return True
        gap, others = scores.gap_to_others(part, score, slot, cause.t)
        return others > 0 and gap >= below * others

    return holds


def _stage_holds(test: Test, _: Readings) -> Holds:
    return lambda cause: cause.scene.part.stage in test.stages


def _is_open(test: Test, readings: Readings) -> Holds:
    moment = readings.model.moments[test.index].name
    return lambda cause: moment in cause.scene.part.open


def _holds_not(test: Test, readings: Readings) -> Holds:
    holds = any_holds(test.parts, readings)
    return lambda cause: not holds(cause)


def _comparison(test: Test) -> Callable[[Any], bool]:
    assert test.holds is not None, "the compiler gives it one"
    return test.holds


_HOLDING: Final[Mapping[str, Callable[[Test, Readings], Holds]]] = {
    "fact": _fact_holds,
    "score": _score_holds,
    "stage": _stage_holds,
    "open": _is_open,
    "all": lambda test, readings: all_hold(test.parts, readings),
    "any": lambda test, readings: any_holds(test.parts, readings),
    "not": _holds_not,
}

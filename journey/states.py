"""Conditions on the fold, made into what says whether one holds now, for the signals at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from journey import facts, scores
from journey.cause import Cause, Holds
from journey.readings import Readings
from journey.tables import Test


def all_hold(tests: tuple[int, ...], readings: Readings) -> Holds:
    """Make what says whether all of these tests (by index) hold at a cause's instant."""
    parts = [holding(at, readings) for at in tests]
    if len(parts) == 1:
        return parts[0]
    return lambda cause: all(holds(cause) for holds in parts)


def any_holds(tests: tuple[int, ...], readings: Readings) -> Holds:
    """Make what says whether one of these tests (by index) holds at a cause's instant."""
    parts = [holding(at, readings) for at in tests]
    return lambda cause: any(holds(cause) for holds in parts)


def holding(index: int, readings: Readings) -> Holds:
    """Make what says whether a test holds; a score is that of the signals at hand."""
    test = readings.model.tests[index]
    match test.kind:
        case "fact":
            return _fact_holds(test, readings)
        case "score":
            return _score_holds(test, readings)
        case "stage":
            return lambda cause: cause.scene.part.stage in test.stages
        case "open":
            moment = readings.model.moments[test.index].name
            return lambda cause: moment in cause.scene.part.open
        case "all":
            return all_hold(test.parts, readings)
        case "any":
            return any_holds(test.parts, readings)
        case "not":
            one_holds = any_holds(test.parts, readings)
            return lambda cause: not one_holds(cause)


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


def _comparison(test: Test) -> Callable[[Any], bool]:
    assert test.holds is not None, "the compiler gives it one"
    return test.holds

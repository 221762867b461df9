"""Conditions on the fold: whether one holds now, for the signal at hand."""

from __future__ import annotations

from journey import facts, scores
from journey.cause import Cause
from journey.fold import Part
from journey.model import Model, Test


def all_hold(model: Model, tests: tuple[int, ...], part: Part, cause: Cause, t: int) -> bool:
    """Say whether all of these tests (by index) hold at an instant (ms)."""
    return all(holds(model, model.tests[at], part, cause, t) for at in tests)


def any_holds(model: Model, tests: tuple[int, ...], part: Part, cause: Cause, t: int) -> bool:
    """Say whether one of these tests (by index) holds at an instant (ms)."""
    return any(holds(model, model.tests[at], part, cause, t) for at in tests)


def holds(model: Model, test: Test, part: Part, cause: Cause, t: int) -> bool:
    """Say whether a test holds at an instant (ms); a score is that of the signal at hand."""
    match test.kind:
        case "all":
            return all_hold(model, test.parts, part, cause, t)
        case "any":
            return any_holds(model, test.parts, part, cause, t)
        case "not":
            return not any_holds(model, test.parts, part, cause, t)
        case "stage":
            return part.stage in test.stages
        case "open":
            return model.moments[test.index].name in part.open
        case _:
            return _value_holds(model, test, part, cause, t)


def _value_holds(model: Model, test: Test, part: Part, cause: Cause, t: int) -> bool:
    if test.kind == "fact":
        assert test.holds is not None, "the compiler gives it one"
        return test.holds(facts.shown(part, model.facts[test.index], t))
    score = model.scores[test.index]
    slot = scores.slot_of(score, cause, cause.mask)
    if test.holds is not None and not test.holds(scores.value_at(part, score, slot, t)):
        return False
    if test.below_others is None:
        return True
    gap, others = scores.gap_to_others(part, score, slot, t)
    return others > 0 and gap >= test.below_others * others

"""Conditions on the fold: whether one holds now, for the signal at hand."""

from __future__ import annotations

from journey import facts, scores
from journey.cause import Cause
from journey.tables import Test


def all_hold(cause: Cause, tests: tuple[int, ...]) -> bool:
    """Say whether all of these tests (by index) hold at the cause's instant."""
    known = cause.model.tests
    return all(holds(cause, known[at]) for at in tests)


def any_holds(cause: Cause, tests: tuple[int, ...]) -> bool:
    """Say whether one of these tests (by index) holds at the cause's instant."""
    known = cause.model.tests
    return any(holds(cause, known[at]) for at in tests)


def holds(cause: Cause, test: Test) -> bool:
    """Say whether a test holds at the cause's instant; a score is that of the signal at hand."""
    match test.kind:
        case "fact":
            return _fact_holds(cause, test)
        case "score":
            return _score_holds(cause, test)
        case "stage":
            return cause.scene.part.stage in test.stages
        case "open":
            return cause.model.moments[test.index].name in cause.scene.part.open
        case "all":
            return all_hold(cause, test.parts)
        case _:
            return any_holds(cause, test.parts) is (test.kind == "any")


def _fact_holds(cause: Cause, test: Test) -> bool:
    assert test.holds is not None, "the compiler gives it one"
    return test.holds(facts.shown(cause.scene.part, cause.model.facts[test.index], cause.t))


def _score_holds(cause: Cause, test: Test) -> bool:
    score, part, t = cause.model.scores[test.index], cause.scene.part, cause.t
    slot = scores.slot_of(score, cause, cause.mask)
    if test.holds is not None and not test.holds(scores.value_at(part, score, slot, t)):
        return False
    if test.below_others is None:
        return True
    gap, others = scores.gap_to_others(part, score, slot, t)
    return others > 0 and gap >= test.below_others * others

"""Conditions: what is asked of the state when a signal comes or an alert fires."""

from __future__ import annotations

from journey.tables import Score, Test
from tests.journey.oracle.knowing import fact_at, scores_at, tuple_at_hand
from tests.journey.oracle.state import Cause, Memory


def all_hold(memory: Memory, cause: Cause, tests: tuple[int, ...]) -> bool:
    """Say whether all of these conditions of the model hold."""
    return all(_holds(memory, cause, cause.version.model.tests[at]) for at in tests)


def one_holds(memory: Memory, cause: Cause, tests: tuple[int, ...]) -> bool:
    """Say whether one of these conditions of the model holds."""
    return any(_holds(memory, cause, cause.version.model.tests[at]) for at in tests)


def _holds(memory: Memory, cause: Cause, test: Test) -> bool:
    model = cause.version.model
    if test.kind == "fact":
        value = fact_at(memory, model.facts[test.index], cause.t)
        return test.holds is not None and bool(test.holds(value))
    if test.kind == "score":
        return _score_holds(memory, cause, test, model.scores[test.index])
    if test.kind == "stage":
        return memory.stage in test.stages
    if test.kind == "open":
        name = model.moments[test.index].name
        return any(one.moment.name == name for one in memory.open)
    parts = all_hold if test.kind == "all" else one_holds
    return parts(memory, cause, test.parts) is not (test.kind == "not")


def _score_holds(memory: Memory, cause: Cause, test: Test, score: Score) -> bool:
    numbers = scores_at(memory, score, cause.t)
    mine = tuple_at_hand(score, cause, cause.mask)
    own = numbers.get(mine, 0)
    if test.holds is not None and not test.holds(own):
        return False
    if test.below_others is None:
        return True
    others = [
        number for place, number in numbers.items() if place != mine and place[1:] == mine[1:]
    ]
    # own <= mean - below, without a division
    return bool(others) and (own + test.below_others) * len(others) <= sum(others)

"""What a set of signals concerns in a model, worked out once for each set that comes."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from journey import facts, scores
from journey.cause import Cause
from journey.fold import Part
from journey.model import Model
from journey.tables import Moment, Signal, StageRule

Learn = Callable[[Part, Cause], None]


class Plan(msgspec.Struct, frozen=True):
    """What is to be done when these signals or outcomes come, each in the model's order.

    `derived` may hold then, one because of another; `moments` are with the signals that may open
    them, and whether it can be anything to an instance of theirs.
    """

    learn: tuple[Learn, ...]
    derived: tuple[tuple[int, Signal], ...]
    moments: tuple[tuple[Moment, int, bool], ...]
    stages: tuple[StageRule, ...]
    is_concerned: bool


def plan_of(model: Model, mask: int) -> Plan:
    """Give what these signals and outcomes concern."""
    known = model.plans.get(mask)
    if known is None:
        known = model.plans[mask] = _plan(model, mask)
    return known


def _plan(model: Model, mask: int) -> Plan:
    learn = facts.learners([one for one in model.facts if (one.of | one.until) & mask], mask)
    learn += [
        scores.mover(one, bit, by) for one in model.scores for bit, by in one.moves if bit & mask
    ]
    moments = tuple(
        (one, one.opening & mask, bool(one.labels or one.taking & mask))
        for one in model.moments
        if one.touches & mask
    )
    stages = tuple(one for one in model.stage_rules if one.on & mask)
    derived = _derivable(model, mask)
    return Plan(tuple(learn), derived, moments, stages, bool(learn or derived or moments or stages))


def _derivable(model: Model, mask: int) -> tuple[tuple[int, Signal], ...]:
    found: list[tuple[int, Signal]] = []
    for bit, signal in model.derived:
        if signal.of & mask:
            mask |= bit
            found.append((bit, signal))
    return tuple(found)

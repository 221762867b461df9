"""What is to be done when a set of signals comes, worked out once for each set that comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial

from journey import facts, scores
from journey.cause import Derived, Learn, Plan, PlanOf, Role
from journey.model import Model
from journey.readings import NOTHING, Readings
from journey.states import all_hold, holding
from journey.tables import Moment, Reader, Signal

_MOST_KINDS = 256
"""Of so many kinds of events there are plans. What is of another goes by those for any event."""


def plans_of(model: Model, fields: Iterable[str]) -> PlanOf:
    """Give the plans of a model for events that have these fields."""
    known = model.paths.intersection(fields)
    if known not in model.plans and len(model.plans) >= _MOST_KINDS:
        known = model.paths  # whatever may be there is looked for
    plans: PlanOf | None = model.plans.get(known)
    if plans is None:
        plans = model.plans[known] = cache(partial(_plan, model, known))
    return plans


def _plan(model: Model, fields: frozenset[str], mask: int, at_hand: int) -> Plan:
    readings = Readings(model, fields, mask, at_hand)
    return Plan(
        readings=readings,
        learn=tuple(_learnt(model, mask, readings)),
        derived=tuple(
            Derived(bit, one.of, all_hold(one.when, readings))
            for bit, one in _derivable(model, mask)
        ),
        roles=tuple(
            _role(model, one, mask, readings) for one in model.moments if one.touches & mask
        ),
        stages=tuple(one for one in reversed(model.stage_rules) if one.on & mask),
        held=cache(partial(_held, model, fields, mask, at_hand)),
        holding=cache(partial(holding, readings=readings)),
    )


def _learnt(model: Model, mask: int, readings: Readings) -> Iterator[Learn]:
    """Give what learns of signals: the facts, then the scores."""
    concerned = [one for one in model.facts if (one.of | one.until) & mask]
    yield from facts.learners(concerned, mask, readings)
    for score in model.scores:
        for bit, by in score.moves:
            if bit & mask:
                yield scores.mover(score, bit, by, readings)


def _held(
    model: Model, fields: frozenset[str], mask: int, at_hand: int, bit: int
) -> tuple[Plan, tuple[Learn, ...]]:
    """Plan for a derived signal that holds beside others."""
    plan = plans_of(model, fields)(mask | bit, at_hand | bit)
    return plan, tuple(_learnt(model, bit, plan.readings))


def _role(model: Model, moment: Moment, mask: int, readings: Readings) -> Role:
    why = " and ".join(model.names_of(mask & moment.opens))
    return Role(
        moment=moment,
        opening=moment.opening & mask,
        may_take=bool(moment.labels or moment.taking & mask),
        key=None if moment.key is None else readings.key(moment.key),
        labels=readings.labels(moment) if moment.labels else None,
        value=_if_any(readings.value(moment.touches)),
        why=moment.reasons["open"].format(signal=why) if why else "",
    )


def _if_any(read: Reader) -> Reader | None:
    return None if read == NOTHING else read


def _derivable(model: Model, mask: int) -> Iterator[tuple[int, Signal]]:
    for bit, signal in model.derived:
        if signal.of & mask:
            mask |= bit
            yield bit, signal

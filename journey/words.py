"""The words that the fold says, made of what they are about."""

from __future__ import annotations

from typing import Any

from journey import facts, identity
from journey.fold import Part
from journey.model import Model
from journey.tables import Moment
from journey.word import Instance, Ref, Word


def moment_word(model: Model, moment: Moment, part: Part, instance: Instance, why: str) -> Word:
    """Say the state that an instance has come into, with the facts as they are then."""
    at, known = instance.since, part.facts
    told: list[tuple[str, Any]] = []
    for name, slot, fact in model.told[moment.index]:
        value = known.get(slot)
        if fact is not None:
            value = facts.seen(fact, value, at)
        if value is not None:
            told.append((name, value))
    # By position: with names this alone would take twice as long.
    return Word(
        "moment",
        model.name,
        instance.version,
        instance.moment,
        moment.stage,
        instance.key,
        instance.id,
        instance.state,
        at,
        instance.due,
        instance.value,
        instance.currency,
        why,
        instance.evidence,
        instance.opened,
        instance.firing,
        instance.labels,
        tuple(told),
    )


def stage_word(model: Model, subject: str, stage: str, at: int, why: str, ref: Ref) -> Word:
    """Say that a subject has come to a stage at an instant (ms, event time)."""
    return Word(
        "stage",
        model.name,
        model.version,
        None,
        None,
        None,
        identity.stage_instance(model.name, subject),
        stage,
        at,
        None,
        None,
        None,
        why,
        (ref,),
        at,
        None,
        (),
        (),
    )

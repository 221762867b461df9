"""The words that the fold says, made of what they are about."""

from __future__ import annotations

from journey import facts, identity
from journey.fold import Part
from journey.model import Model
from journey.tables import Moment
from journey.word import Instance, Ref, Word


def moment_word(model: Model, moment: Moment, part: Part, instance: Instance, why: str) -> Word:
    """Say the state that an instance has come into, with the facts as they are then."""
    at = instance.since
    told = [
        (fact.name, value)
        for fact in model.told[moment.index]
        if (value := facts.shown(part, fact, at)) is not None
    ]
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
        kind="stage",
        model=model.name,
        version=model.version,
        moment=None,
        stage=None,
        key=None,
        instance=identity.stage_instance(model.name, subject),
        to=stage,
        at=at,
        deadline=None,
        value=None,
        currency=None,
        reason=why,
        evidence=(ref,),
        opened=at,
        firing=None,
        labels=(),
        facts=(),
    )

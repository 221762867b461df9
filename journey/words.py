"""The words that the fold says, made of what they are about."""

from __future__ import annotations

from journey import facts, identity
from journey.fold import Part
from journey.model import Model
from journey.tables import Moment
from journey.word import Instance, Ref, Word


def moment_word(model: Model, moment: Moment, part: Part, instance: Instance, why: str) -> Word:
    """Say the state that an instance has come into, with the facts as they are then."""
    told = (
        (fact.name, facts.shown(part, fact, instance.since))
        for fact in (model.facts[at] for at in moment.tells)
    )
    return Word(
        kind="moment",
        model=model.name,
        version=instance.version,
        moment=instance.moment,
        stage=moment.stage,
        key=instance.key,
        instance=instance.id,
        to=instance.state,
        at=instance.since,
        deadline=instance.due,
        value=instance.value,
        currency=instance.currency,
        reason=why,
        evidence=instance.evidence,
        opened=instance.opened,
        firing=instance.firing,
        labels=instance.labels,
        facts=tuple((name, value) for name, value in told if value is not None),
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

"""The words that the fold says, made of what they are about."""

from __future__ import annotations

from journey import identity
from journey.model import Model
from journey.word import Instance, Ref, Word


def moment_word(model: Model, instance: Instance, why: str) -> Word:
    """Say the state that an instance has come into."""
    return Word(
        kind="moment",
        model=model.name,
        version=instance.version,
        moment=instance.moment,
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
    )


def stage_word(model: Model, subject: str, stage: str, at: int, why: str, ref: Ref) -> Word:
    """Say that a subject has come to a stage at an instant (ms, event time)."""
    return Word(
        kind="stage",
        model=model.name,
        version=model.version,
        moment=None,
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
    )

"""What a signal makes known: facts, scores, derived signals, and the stage it leads to."""

from __future__ import annotations

from journey.cause import Cause
from journey.plans import Plan, plan_of
from journey.states import all_hold
from journey.words import stage_word


def derive(plan: Plan, cause: Cause, *, in_force: bool) -> Plan:
    """Add the derived signals that hold, each known before the next is asked for."""
    before = cause.mask
    for bit, signal in plan.derived:
        if signal.of & cause.mask and all_hold(cause, signal.when):
            cause.hold(bit)
            if in_force:
                for learn in plan_of(cause.model, bit).learn:
                    learn(cause.scene.part, cause)
    return plan if cause.mask == before else plan_of(cause.model, cause.mask)


def move_on(plan: Plan, cause: Cause) -> None:
    """Come to the furthest stage that what has happened leads to from here."""
    model, stage = cause.model, cause.scene.part.stage
    here = model.place_of_stage(stage)
    for rule in reversed(plan.stages):
        if here is None or here in rule.start:
            if rule.place != here:
                why = " and ".join(model.names_of(cause.mask & rule.on))
                name, ref = model.stages[rule.place], cause.cite("entered")
                subject = cause.scene.fold.subject
                cause.move(stage_word(model, subject, name, cause.t, why, ref))
            return

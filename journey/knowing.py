"""What a signal makes known: facts, scores, derived signals, and the stage it leads to."""

from __future__ import annotations

from journey.cause import Cause
from journey.words import stage_word


def know(cause: Cause, *, in_force: bool) -> None:
    """Learn what happens, if its version is in force, and find the derived signals that hold."""
    plan, part = cause.plan, cause.scene.part
    if in_force:
        for learn in plan.learn:
            learn(part, cause)
    if plan.derived:
        derive(cause, in_force=in_force)


def derive(cause: Cause, *, in_force: bool, below: int | None = None) -> None:
    """Add the derived signals that hold, each known before the next is asked for.

    Only those `below` a bit, where one is given.
    """
    held, plan = 0, None
    while plan is not cause.plan:
        plan = cause.plan
        for one in plan.derived:
            if one.bit > held and one.of & cause.mask and one.holds(cause):
                if below is not None and one.bit >= below:
                    return
                held, learnt = one.bit, cause.hold(one.bit)
                if in_force:
                    for learn in learnt:
                        learn(cause.scene.part, cause)
                break


def move_on(cause: Cause) -> None:
    """Come to the furthest stage that what has happened leads to from here."""
    model, stage = cause.model, cause.scene.part.stage
    here = model.place_of_stage(stage)
    for rule in cause.plan.stages:
        if here is None or here in rule.start:
            if rule.place != here:
                why = " and ".join(model.names_of(cause.mask & rule.on))
                name, ref = model.stages[rule.place], cause.cite("entered")
                subject = cause.scene.fold.subject
                cause.move(stage_word(model, subject, name, cause.t, why, ref))
            return

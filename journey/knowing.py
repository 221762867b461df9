"""What a signal makes known: facts, scores, derived signals, and the stage it leads to."""

from __future__ import annotations

from journey import facts, scores
from journey.cause import Cause
from journey.fold import Part
from journey.model import Plan
from journey.scene import Scene
from journey.states import all_hold
from journey.words import stage_word


def learn(part: Part, plan: Plan, cause: Cause, mask: int) -> None:
    """Let facts and scores take these signals."""
    for fact in plan.facts:
        facts.learn(part, fact, cause, mask)
    for score in plan.scores:
        scores.move(part, score, cause, mask)


def derive(scene: Scene, cause: Cause, *, in_force: bool) -> Plan:
    """Add the derived signals that hold, each known before the next is asked for."""
    model, part = cause.model, scene.part
    for bit, signal in model.derived:
        if signal.of & cause.mask and all_hold(model, signal.when, part, cause, cause.t):
            cause.mask |= bit
            if cause.above < 0:
                scene.held[cause.version] = cause.mask
            if in_force:
                learn(part, model.plan(bit), cause, bit)
    return model.plan(cause.mask)


def move_on(scene: Scene, plan: Plan, cause: Cause) -> None:
    """Come to the furthest stage that what has happened leads to from here."""
    model, stage = cause.model, scene.part.stage
    here = model.stages.index(stage) if stage in model.stages else None
    for rule in reversed(plan.stages):
        if here is None or here in rule.start:
            if model.stages[rule.place] != stage:
                why = " and ".join(model.names_of(cause.mask & rule.on))
                name, ref = model.stages[rule.place], cause.cite("entered")
                scene.move(stage_word(model, scene.fold.subject, name, cause.t, why, ref))
            return

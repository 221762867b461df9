"""What was so when something happened: conditions asked of the fold as it was then."""

from __future__ import annotations

from journey.cause import Cause, Scene, of_event
from journey.explaining.case import Case, Seen
from journey.explaining.conditions import Asked
from journey.fold import Fold, Part
from journey.history import Entry
from journey.knowing import derive
from journey.plans import plans_of


def at_event(case: Case, seen: Seen, derived: int) -> Asked | None:
    """Ask what an event's derived signal (by its bit) asked; None where its history is gone."""
    found = case.entry(seen)
    if found is None:
        return None
    place, entry = found
    cause = _cause(case, case.engine.past(case.journey, place, entry.t - 1), entry)
    part = cause.scene.part
    if part.stage is None:
        part.stage = case.model.stages[0]
    for learn in cause.plan.learn:
        learn(part, cause)
    derive(cause, in_force=True, below=derived)
    return Asked(cause)


def at_instant(case: Case, t: int, seen: Seen | None) -> Asked | None:
    """Ask what was so after all of an instant (ms); `seen` is the event at hand."""
    found = None if seen is None else case.entry(seen)
    if found is None:
        return None
    count = case.journey.history.count_before(t + 1)
    cause = _cause(case, case.engine.past(case.journey, count, t), found[1])
    cause.t = t
    return Asked(cause)


def _cause(case: Case, fold: Fold, entry: Entry) -> Cause:
    """Take an event as the engine does before anything has come of it."""
    part = fold.parts[case.line.index] if fold.parts else Part(case.line.name)
    part.come_into_force(case.version)
    mask = case.mask_in(entry.masks)
    held = [0] * len(case.line.versions)
    held[case.version] = mask
    currency = case.engine.settings.currency
    plans = tuple(plans_of(model, entry.fields) for model in case.line.versions)
    scene = Scene(fold, case.line, part, [], currency, entry.fields, plans, held)
    return of_event(scene, case.version, mask, plans[case.version](mask, mask), entry)

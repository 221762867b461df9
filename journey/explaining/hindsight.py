"""What was so when something happened: conditions asked of the fold as it was then."""

from __future__ import annotations

from journey import knowing
from journey.cause import Cause
from journey.explaining.case import Case, Seen
from journey.explaining.conditions import Asked
from journey.fold import Fold, Part
from journey.history import Entry
from journey.scene import Scene


def at_event(case: Case, seen: Seen) -> Asked | None:
    """Ask what was so for an event's derived signals; None where its history is not kept."""
    found = case.entry(seen)
    if found is None:
        return None
    place, entry = found
    fold = case.engine.past(case.journey, place, entry.t - 1)
    part = _part(case, fold)
    cause = _cause(case, fold, part, entry)
    if part.stage is None:
        part.stage = case.model.stages[0]
    knowing.learn(part, case.model.plan(cause.mask), cause, cause.mask)
    return Asked(case.model, part, cause, entry.t)


def at_instant(case: Case, t: int, seen: Seen | None) -> Asked | None:
    """Ask what was so after all of an instant (ms); `seen` is the event at hand."""
    found = None if seen is None else case.entry(seen)
    if found is None:
        return None
    count = case.journey.history.count_before(t + 1)
    fold = case.engine.past(case.journey, count, t)
    part = _part(case, fold)
    return Asked(case.model, part, _cause(case, fold, part, found[1]), t)


def _part(case: Case, fold: Fold) -> Part:
    part = fold.parts[case.line.index] if fold.parts else Part(case.line.name)
    part.come_into_force(case.version)
    return part


def _cause(case: Case, fold: Fold, part: Part, entry: Entry) -> Cause:
    """Take an event as the engine does before its derived signals are known."""
    mask = entry.masks[case.place]
    held = [0] * len(case.line.versions)
    held[case.version] = mask
    currency = case.engine.settings.currency
    scene = Scene(fold, case.line, part, [], currency, entry.fields, held)
    return Cause.of_event(scene, case.version, mask, entry)

"""The public form of a journey: what `journeys` carries and the API shows."""

from __future__ import annotations

from typing import Any

from journey import facts, scores
from journey.clocks import describe, next_change
from journey.fold import Part
from journey.instant import format_instant
from journey.journey import Journey
from journey.lines import Line
from journey.model import Model
from journey.scores import MILLIONTHS
from journey.tables import Score


def view(journey: Journey, lines: tuple[Line, ...]) -> dict[str, Any]:
    """Show a journey. The next deadline is that of its open moments; the end of a life is none."""
    return {
        "subject": journey.subject,
        "clock": format_instant(journey.reached),
        "next_deadline": next_deadline(journey),
        "models": {
            line.name: _part(line.versions[part.version], part, journey.reached)
            for line, part in zip(lines, _parts(journey, lines), strict=True)
        },
        "alerts": [
            {
                "id": state.said.id,
                "status": state.said.status,
                "severity": state.said.severity,
                "model": state.said.model,
                "moment": state.said.moment,
                "title": state.said.title,
                "count": state.said.count,
            }
            for state in journey.alerts.values()
            if state.said is not None and state.said.status != "resolved"
        ],
    }


def _parts(journey: Journey, lines: tuple[Line, ...]) -> list[Part]:
    return journey.live.parts or [Part(line.name) for line in lines]


def next_deadline(journey: Journey) -> str | None:
    """Give the instant at which the clock alone next changes an open moment; None if it will not.

    What `view` shows as such, without the rest.
    """
    ahead = [
        at
        for part in journey.live.parts
        for instances in part.open.values()
        for instance in instances.values()
        if (at := next_change(instance)) is not None
    ]
    return format_instant(min(ahead)) if ahead else None


def outline(journey: Journey) -> str | None:
    """Give what of a view may change although nothing is said: the next deadline, and stages.

    A stage goes with its life, and comes back where a late event makes the life go on. None where
    nothing has happened yet.
    """
    if not journey.live.parts:
        return None
    return f"{next_deadline(journey)} {[part.stage for part in journey.live.parts]}"


def _part(model: Model, part: Part, clock: int) -> dict[str, Any]:
    stage = None
    if part.stage is not None:
        stage = {"name": part.stage, "since": format_instant(part.since)}
    return {
        "version": model.version,
        "stage": stage,
        "moments": [describe(one) for by in part.open.values() for one in by.values()],
        "facts": facts.all_shown(model, part, clock),
        "scores": _scores(model, part, clock),
    }


def _scores(model: Model, part: Part, clock: int) -> dict[str, Any]:
    """Show all scores, in one walk through the numbers that there are of them."""
    found: dict[str, Any] = {one.name: [] if one.by else _unmoved() for one in model.scores}
    for slot, state in part.scores.items():
        name, *by = slot.split(scores.BETWEEN)
        score = model.scores_by_slot.get(name)
        if score is None:
            continue  # the model has it no more
        value, as_of = scores.decayed(score, state, clock)
        number: dict[str, Any] = {"by": dict(zip(score.by, by, strict=True))} if by else {}
        number["value"], number["as_of"] = value / MILLIONTHS, format_instant(as_of)
        if by:
            found[score.name].append(number)
        else:
            found[score.name] = number
    return found


def shown_score(part: Part, score: Score, clock: int) -> Any:
    """Show a score as value and instant; one kept by something, as a list of them."""
    slots = scores.slots(part, score)
    if score.by:
        return [_number(part, score, slot, clock) for slot in slots]
    return _value(part, score, slots[0], clock) if slots else _unmoved()


def _number(part: Part, score: Score, slot: str, clock: int) -> dict[str, Any]:
    return {"by": scores.by_of(score, slot)} | _value(part, score, slot, clock)


def _unmoved() -> dict[str, Any]:
    return {"value": 0.0, "as_of": None}


def _value(part: Part, score: Score, slot: str, clock: int) -> dict[str, Any]:
    value, as_of = scores.decayed(score, part.scores[slot], clock)
    return {"value": value / MILLIONTHS, "as_of": format_instant(as_of)}

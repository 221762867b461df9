"""The public form of a journey: what `journeys` carries and the API shows."""

from __future__ import annotations

from typing import Any

from journey.fold import ModelFold
from journey.instant import format_instant
from journey.journey import Journey
from journey.model import Model
from journey.moments import describe


def view(journey: Journey, models: tuple[Model, ...], due: int | None) -> dict[str, Any]:
    """Show a journey; `due` (ms) is when the clock next changes something, None if it will not."""
    return {
        "subject": journey.subject,
        "clock": format_instant(journey.clock),
        "next_deadline": None if due is None else format_instant(due),
        "models": {
            model.name: _model(model, part)
            for model, part in zip(models, journey.live.models, strict=True)
        },
        "alerts": [
            {
                "id": state.said.id,
                "status": state.said.status,
                "severity": state.said.severity,
                "moment": state.said.moment,
                "title": state.said.title,
                "count": state.said.count,
            }
            for state in journey.alerts.values()
            if state.said is not None
        ],
    }


def _model(model: Model, part: ModelFold) -> dict[str, Any]:
    stage = None
    if part.stage is not None:
        stage = {"name": part.stage, "since": format_instant(part.since)}
    return {
        "version": model.version,
        "stage": stage,
        "moments": [describe(one) for instances in part.open for one in instances.values()],
    }

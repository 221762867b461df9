"""The public form of a journey: what `journeys` carries and the API shows."""

from __future__ import annotations

from typing import Any

from journey.fold import ModelFold
from journey.instant import format_instant
from journey.journey import Journey
from journey.model import Model
from journey.moments import describe, next_change


def view(journey: Journey, models: tuple[Model, ...]) -> dict[str, Any]:
    """Show a journey. The next deadline is that of its open moments; the end of a life is none."""
    return {
        "subject": journey.subject,
        "clock": format_instant(journey.clock),
        "next_deadline": _next_deadline(journey),
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


def _next_deadline(journey: Journey) -> str | None:
    ahead = [
        at
        for part in journey.live.models
        for instances in part.open
        for instance in instances.values()
        if (at := next_change(instance)) is not None
    ]
    return format_instant(min(ahead)) if ahead else None


def _model(model: Model, part: ModelFold) -> dict[str, Any]:
    stage = None
    if part.stage is not None:
        stage = {"name": part.stage, "since": format_instant(part.since)}
    return {
        "version": model.version,
        "stage": stage,
        "moments": [describe(one) for instances in part.open for one in instances.values()],
    }

"""Alerts: what somebody should do now."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, HTTPException, Query
from pydantic import Field
from starlette.responses import Response

from journey.said import AlertStatus
from services.api.context import Ctx
from services.api.cursors import Int64, decode_cursor, encode_cursor
from services.api.readmodel import queries
from services.api.routes.answers import ERRORS, NOT_FOUND, Page, answer, raw

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"], responses=ERRORS)

Severity = Literal["info", "warning", "critical"]


class Alerts(Page):
    """What alerts are found by."""

    status: list[AlertStatus] = Field([], description="Any of these; may be given again.")
    severity: list[Severity] = Field([], description="Any of these; may be given again.")
    team: str | None = None
    model: str | None = None
    moment: str | None = None
    subject: str | None = Field(None, description="A typed subject, such as person:u42.")


@router.get("")
async def alerts(ctx: Ctx, asked: Annotated[Alerts, Query()]) -> Response:
    """List alerts, the latest firing first.

    `counts` is by status, then severity, of all that pass the filters but for these two.
    """
    before = decode_cursor(asked.cursor, tuple[Int64, str]) if asked.cursor else None
    wanted = queries.AlertFilter(**asked.model_dump(exclude={"limit", "cursor"}))
    rows, counted = await ctx.database.read(
        lambda s: (
            queries.alerts(s, wanted, before, asked.limit),
            queries.alert_counts(s, wanted),
        )
    )
    counts: dict[str, dict[str, int]] = {}
    for status, severity, n in counted:
        counts.setdefault(status, {})[severity] = n
    more = encode_cursor(rows[-1][:2]) if len(rows) == asked.limit else None
    return answer({"items": raw(row[2] for row in rows), "next": more, "counts": counts})


@router.get("/{alert_id}", responses=NOT_FOUND)
async def alert(ctx: Ctx, alert_id: str) -> Response:
    """Give one alert, with its evidence and history."""
    document = await ctx.database.read(lambda s: queries.alert(s, alert_id))
    if document is None:
        raise HTTPException(
            404, f"There is no alert {alert_id}; expected an `id` from /api/v1/alerts."
        )
    return answer(orjson.Fragment(document))

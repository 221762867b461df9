"""Totals: how much there is, and how current it is."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from journey.instant import format_instant
from services.api.context import Ctx
from services.api.readmodel import queries
from services.api.readmodel.database import Row
from services.api.routes.answers import ERRORS, answer

router = APIRouter(prefix="/api/v1/stats", tags=["stats"], responses=ERRORS)


@router.get("")
async def stats(ctx: Ctx) -> Response:
    """Count customers, transitions, moments, alerts and dead letters.

    `moments` are by model, moment and state of the last word; `alerts` by status, then
    severity; `latest` is the newest instant of any last word; `clock` is the deployment's.
    """
    rows, latest = await ctx.database.read(lambda s: (queries.totals(s), queries.latest_at_ms(s)))
    body = {
        "customers": _sum(rows, "customers"),
        "transitions": _sum(rows, "transitions"),
        "moments": _nested([(r[1], r[2], r[3], r[4]) for r in rows if r[0] == "moments"]),
        "alerts": _nested([(r[3], r[2], r[4]) for r in rows if r[0] == "alerts"]),
        "dead_letters": _sum(rows, "dead_letters"),
        "dead_letters_by_reason": _nested([(r[2], r[4]) for r in rows if r[0] == "dead_letters"]),
        "latest": None if latest is None else format_instant(latest),
        "clock": ctx.follower.clock,
        "lag": {
            "records": ctx.lag.records(),
            "seconds": round(ctx.lag.seconds(time.monotonic()), 3),
            "unready": ctx.lag.unready(time.monotonic()),
        },
    }
    return answer(body)


def _sum(rows: list[Row], what: str) -> int:
    return sum(row[4] for row in rows if row[0] == what)


def _nested(rows: list[Row]) -> dict[str, Any]:
    """Turn (a, b, …, n) into {a: {b: … n}}."""
    tree: dict[str, Any] = {}
    for *path, last, n in rows:
        branch = tree
        for name in path:
            branch = branch.setdefault(name, {})
        branch[last] = n
    return tree

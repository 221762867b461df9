"""Whether this process lives, is current, and what it measures."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from services.api.context import Ctx
from services.api.problems import problem
from services.api.routes.answers import answer

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz(ctx: Ctx, request: Request) -> Response:
    """Answer 200 while the read model is being followed."""
    if ctx.fault is not None:
        detail = f"The follower has ended ({type(ctx.fault).__name__}); the log has the cause."
        return problem(503, detail, request.url.path)
    return answer({"status": "alive"})


@router.get("/readyz")
async def readyz(ctx: Ctx, request: Request) -> Response:
    """Answer 200 when the read model is current, else 503 with the reason."""
    reason = ctx.lag.unready(time.monotonic())
    if reason is not None:
        return problem(503, reason, request.url.path)
    return answer({"status": "ready"})


@router.get("/metrics", include_in_schema=False)
async def metrics(ctx: Ctx) -> Response:
    """Give the metrics in Prometheus' text format."""
    return Response(generate_latest(ctx.metrics.registry), media_type=CONTENT_TYPE_LATEST)

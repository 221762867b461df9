"""Moments of truth: the last word on each instance."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from journey.said import State
from services.api.context import Ctx
from services.api.cursors import Int64, decode_cursor, encode_cursor
from services.api.readmodel import queries
from services.api.routes.answers import ERRORS, Page, answer, raw

router = APIRouter(prefix="/api/v1/moments", tags=["moments"], responses=ERRORS)


class Moments(Page):
    """What last words are found by."""

    model: str | None = None
    moment: str | None = None
    state: State | None = None
    subject: str | None = Field(None, description="A typed subject, such as person:u42.")


@router.get("")
async def moments(ctx: Ctx, asked: Annotated[Moments, Query()]) -> Response:
    """List the last transition of each moment instance, newest first."""
    before = decode_cursor(asked.cursor, tuple[Int64, str]) if asked.cursor else None
    wanted = queries.MomentFilter(asked.model, asked.moment, asked.state, asked.subject)
    rows = await ctx.database.read(lambda s: queries.moments(s, wanted, before, asked.limit))
    more = encode_cursor(rows[-1][:2]) if len(rows) == asked.limit else None
    return answer({"items": raw(row[2] for row in rows), "next": more})

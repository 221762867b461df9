"""Customers: where each one stands, and how it came to be there."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, HTTPException, Query
from pydantic import Field
from starlette.responses import Response

from journey.event import person
from journey.instant import format_instant
from journey.said import State
from services.api.context import Ctx
from services.api.cursors import Int64, decode_cursor, encode_cursor
from services.api.readmodel import queries
from services.api.routes.answers import ERRORS, NOT_FOUND, Page, answer, raw

router = APIRouter(prefix="/api/v1/customers", tags=["customers"], responses=ERRORS)

_KINDS = ("person:", "anon:", "account:")
_NEWEST = (1 << 62, 0)


class Customers(Page):
    """What customers are found by."""

    model: str | None = None
    stage: str | None = Field(None, description="The stage they are in.")
    moment: str | None = Field(None, description="A moment they have had.")
    state: State | None = Field(None, description="The state of such a moment.")


@router.get("")
async def customers(ctx: Ctx, asked: Annotated[Customers, Query()]) -> Response:
    """List the journeys of customers, by subject."""
    after = decode_cursor(asked.cursor, str) if asked.cursor else ""
    wanted = queries.CustomerFilter(asked.model, asked.stage, asked.moment, asked.state)
    rows = await ctx.database.read(lambda s: queries.customers(s, wanted, after, asked.limit))
    more = encode_cursor(rows[-1][0]) if len(rows) == asked.limit else None
    return answer({"items": raw(row[1] for row in rows), "next": more})


@router.get("/{subject:path}/timeline", responses=NOT_FOUND)
async def timeline(ctx: Ctx, subject: str, asked: Annotated[Page, Query()]) -> Response:
    """List the transitions and alerts of a customer, newest first."""
    typed = _typed(subject)
    before = decode_cursor(asked.cursor, tuple[Int64, Int64]) if asked.cursor else _NEWEST
    rows = await ctx.database.read(lambda s: queries.timeline(s, typed, before, asked.limit))
    if not rows and not asked.cursor:
        await _document(ctx, typed)
    items = [
        {"type": row[2], "at": format_instant(row[0]), row[2]: orjson.Fragment(row[3])}
        for row in rows
    ]
    more = encode_cursor(rows[-1][:2]) if len(rows) == asked.limit else None
    return answer({"items": items, "next": more})


@router.get("/{subject:path}", responses=NOT_FOUND)
async def customer(ctx: Ctx, subject: str) -> Response:
    """Give the journey of a customer: a typed subject (`person:u42`), or a bare userId."""
    return answer(orjson.Fragment(await _document(ctx, _typed(subject))))


async def _document(ctx: Ctx, subject: str) -> str | bytes:
    document = await ctx.database.read(lambda s: queries.customer(s, subject))
    if document is not None:
        return document
    told = await ctx.database.read(lambda s: queries.timeline(s, subject, _NEWEST, 1))
    if told:
        return _ended(subject, told[0][0])
    raise HTTPException(
        404, f"Nothing is known of {subject}; expected a subject such as person:u42."
    )


def _ended(subject: str, at: int) -> bytes:
    """Show a customer whose journey is over: its state is removed, its timeline is still there."""
    return orjson.dumps(
        {
            "subject": subject,
            "clock": format_instant(at),
            "next_deadline": None,
            "models": {},
            "alerts": [],
        }
    )


def _typed(subject: str) -> str:
    return subject if subject.startswith(_KINDS) else person(subject)

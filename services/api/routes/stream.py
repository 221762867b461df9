"""The live stream over HTTP."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from services.api.context import Ctx
from services.api.frames import frames
from services.api.readmodel.entries import EntryKind, Wanted
from services.api.routes.alerts import Severity
from services.api.routes.answers import ERRORS

router = APIRouter(prefix="/api/v1/stream", tags=["stream"], responses=ERRORS)

_log = structlog.get_logger()

_SEND_S = 30.0


class Stream(BaseModel):
    """What is let through. Each may be given several times and lets any of its values through."""

    model_config = ConfigDict(extra="forbid")

    kind: list[EntryKind] = Field([], description="moment, stage or alert")
    model: list[str] = []
    moment: list[str] = []
    state: list[str] = Field([], description="A moment's state, a stage, or an alert's status.")
    subject: list[str] = Field([], description="A typed subject, such as person:u42.")
    severity: list[Severity] = Field([], description="Of alerts; lets no transition through.")


class _Events(EventSourceResponse):
    """A stream whose client may stop reading for good: it is let go, which is no fault."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the stream or the client ends."""
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            _log.info("stream_client_gone", unread_for_s=_SEND_S)


@router.get("", response_class=EventSourceResponse)
async def stream(
    ctx: Ctx,
    asked: Annotated[Stream, Query()],
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventSourceResponse:
    """Follow transitions and alerts as they are said.

    Event types: `transition`, `alert`; `reset`, when what came after `Last-Event-ID` is not known
    any more: load the lists again; and `cut`, the last event to a client that is too slow.
    """
    wanted = Wanted(**{name: frozenset(values) for name, values in asked.model_dump().items()})
    content = frames(ctx.database, ctx.hub, wanted, last_event_id, ctx.settings.heartbeat_s)
    return _Events(content, ping=0, send_timeout=_SEND_S)

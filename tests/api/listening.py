"""A real server, and a client of its stream."""

# ruff: noqa: ASYNC110 - what is waited for is in another process or library
from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx
import orjson
import uvicorn
from fastapi import FastAPI


class Event(NamedTuple):
    """One event of the stream; `type` is empty where only the place moved."""

    id: str
    type: str
    data: Any


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """Serve on a free port; gives the address. Streams must have ended before it is left."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        listener.close()


@asynccontextmanager
async def stream_of(
    base: str, last_id: str | None = None, **filters: Any
) -> AsyncIterator[AsyncIterator[Event]]:
    """Connect to the stream; gives its events as they come, each within ten seconds."""
    headers = {"last-event-id": last_id} if last_id else {}
    path = f"{base}/api/v1/stream"
    async with (
        httpx.AsyncClient(timeout=10) as client,
        client.stream("GET", path, params=filters, headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer)


async def take(events: AsyncIterator[Event], n: int) -> list[Event]:
    """Wait for the next n events that say something."""
    taken: list[Event] = []
    while len(taken) < n:
        event = await asyncio.wait_for(anext(events), 20)
        if event.type:
            taken.append(event)
    return taken


async def place(events: AsyncIterator[Event]) -> str:
    """Wait for the next id, with or without an event."""
    while True:
        event = await asyncio.wait_for(anext(events), 20)
        if event.id:
            return event.id


async def _events(answer: httpx.Response) -> AsyncIterator[Event]:
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        data = orjson.loads(fields["data"]) if "data" in fields else None
        yield Event(fields.get("id", ""), fields.get("event", ""), data)
        fields = {}

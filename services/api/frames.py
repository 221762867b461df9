"""The live stream as server-sent events, numbered `epoch-sequence` and resumable.

Events are `transition`, `alert`, `reset` (what the client holds can no longer be continued: it
should load its lists again) and, as the last one, `cut` (it was too slow; it may come back with
its last id and misses nothing).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from functools import partial

import orjson

from services.api.hub import Hub, Subscription
from services.api.readmodel import queries
from services.api.readmodel.database import Database
from services.api.readmodel.entries import Entry, Wanted

_PAGE = 500
_NUMBER = re.compile("[0-9]{1,18}")
_RETRY_MS = 1_000
_CUT = b'event: cut\ndata: {"reason":"too slow: too much was waiting for this client"}\n\n'


class _Gap(Exception):  # noqa: N818
    """The stream cannot be continued from the id that the client gave."""


async def frames(
    database: Database, hub: Hub, wanted: Wanted, last_id: str | None, heartbeat_s: float
) -> AsyncIterator[bytes]:
    """Give the bytes of the stream for one client: first what it missed, then what comes."""
    # Subscribed before anything is read, so that nothing falls between the log and the queue.
    client = hub.subscribe(wanted)
    try:
        yield f"retry: {_RETRY_MS}\n\n".encode()
        try:
            async for frame in _missed(database, client, last_id):
                yield frame
        except _Gap as gap:
            yield _reset(client.epoch, client.start, str(gap))
        while True:
            entries = await client.take(heartbeat_s)
            if client.ended:
                break
            # The heartbeat carries the newest number: a client whose filter lets little through
            # can still resume when what it got last is no longer kept.
            yield _events(client.epoch, entries) or _place(client.epoch, hub.sequence)
        yield _last(hub, client)
    finally:
        hub.unsubscribe(client)


async def _missed(
    database: Database, client: Subscription, last_id: str | None
) -> AsyncIterator[bytes]:
    """Give what came after the client's last id and before its subscription. Raises _Gap."""
    after = client.start if last_id is None else _sequence(last_id, client)
    while after < client.start:
        page = await database.read(partial(queries.entries, after=after, limit=_PAGE))
        if not page or page[0].sequence != after + 1:
            raise _Gap("what came after your last event is no longer kept")
        missed = [e for e in page if e.sequence <= client.start and client.wanted.wants(e)]
        after = page[-1].sequence
        if missed:
            yield _events(client.epoch, missed)
    yield _place(client.epoch, client.start)


def _sequence(last_id: str, client: Subscription) -> int:
    """Read the number in a client's last id. Raises _Gap where it is not one of this epoch."""
    epoch, _, number = last_id.rpartition("-")
    if epoch != client.epoch or not _NUMBER.fullmatch(number):
        raise _Gap("the stream has begun anew since your last event")
    if int(number) > client.start:
        raise _Gap("your last event is not known here")
    return int(number)


def _events(epoch: str, entries: Iterable[Entry]) -> bytes:
    return "".join(
        f"id: {epoch}-{e.sequence}\nevent: {e.type}\ndata: {e.document}\n\n" for e in entries
    ).encode()


def _place(epoch: str, sequence: int) -> bytes:
    """Move the client's last id without an event."""
    return f"id: {epoch}-{sequence}\n\n".encode()


def _reset(epoch: str, sequence: int, reason: str) -> bytes:
    data = orjson.dumps({"reason": reason}).decode()
    return f"id: {epoch}-{sequence}\nevent: reset\ndata: {data}\n\n".encode()


def _last(hub: Hub, client: Subscription) -> bytes:
    """Give the last event of a stream that has ended."""
    if client.ended == "reset":
        return _reset(hub.epoch, hub.sequence, "the read model was built anew")
    if client.ended == "cut":
        return _CUT
    return b""

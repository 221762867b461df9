"""The live stream from one writer to many clients, without ever waiting for one of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Literal

from services.api.metrics import Metrics
from services.api.readmodel.entries import Entry, Wanted

End = Literal["cut", "reset", "closed"]


class Subscription:
    """What waits for one client.

    `start` is the number of the last entry before the subscription began. `ended` says why
    nothing more will come: the client was too slow (`cut`), the numbering began anew
    (`reset`), or the service stops (`closed`).
    """

    def __init__(self, wanted: Wanted, epoch: str, start: int, limit: int) -> None:
        self.wanted = wanted
        self.epoch = epoch
        self.start = start
        self.ended: End | None = None
        self._limit = limit
        self._waiting: deque[Entry] = deque()
        self._news = asyncio.Event()

    def offer(self, entries: Iterable[Entry]) -> None:
        """Take what this client wants; more than the limit waiting ends the subscription."""
        self._waiting.extend(entry for entry in entries if self.wanted.wants(entry))
        if len(self._waiting) > self._limit:
            self.end("cut")
        elif self._waiting:
            self._news.set()

    def end(self, why: End) -> None:
        """Let go of what waits; the client learns why at its next look."""
        self.ended = self.ended or why
        self._waiting.clear()
        self._news.set()

    async def take(self, timeout_s: float) -> Sequence[Entry]:
        """Wait for entries and give all there are; none after the timeout or when ended."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._news.wait()
        except TimeoutError:
            return ()
        self._news.clear()
        taken = tuple(self._waiting)
        self._waiting.clear()
        return taken


class Hub:
    """All clients of the stream. Used from one event loop; no call of it blocks."""

    def __init__(self, queue: int, metrics: Metrics) -> None:
        """Let at most `queue` entries wait for any one client."""
        self.epoch = ""
        self.sequence = 0
        self._queue = queue
        self._clients: set[Subscription] = set()
        self._metrics = metrics
        metrics.stream_clients.set_function(lambda: len(self._clients))

    def subscribe(self, wanted: Wanted) -> Subscription:
        """Begin to collect what comes from now on."""
        client = Subscription(wanted, self.epoch, self.sequence, self._queue)
        self._clients.add(client)
        return client

    def unsubscribe(self, client: Subscription) -> None:
        """Forget a client."""
        self._clients.discard(client)
        if client.ended == "cut":
            self._metrics.stream_cut.inc()

    def publish(self, entries: Sequence[Entry]) -> None:
        """Hand committed entries to everybody who wants them."""
        if entries:
            self.sequence = entries[-1].sequence
            for client in self._clients:
                client.offer(entries)

    def number_from(self, epoch: str, sequence: int) -> None:
        """Take over the numbering of the read model; clients of another epoch are sent a reset."""
        if epoch != self.epoch:
            self._end_all("reset")
        self.epoch, self.sequence = epoch, sequence

    def close(self) -> None:
        """End every stream, because the service stops."""
        self._end_all("closed")

    def _end_all(self, why: End) -> None:
        for client in self._clients:
            client.end(why)

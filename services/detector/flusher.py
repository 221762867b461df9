"""Makes durable what was folded: one transaction a partition number and flush."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Final

import structlog

from services.detector import metrics
from services.detector.fatal import ends_the_process
from services.detector.flush import Flush
from services.detector.flushsize import FlushSize
from services.detector.owned import Owned
from services.detector.partition import Partition
from services.detector.settings import DetectorSettings
from services.detector.transport.table import JourneyStore
from services.detector.transport.transactions import Transactions

CLOCK_COMMIT_S: Final = 5.0  # an idle partition tells its clock this often
PAUSE_S: Final = 0.005  # so long at least between two flushes, and half as long as the last one

_log = structlog.get_logger("touchstone.detector")


class Flusher:
    """Commits the owned partitions: at once where something is said, else after the interval.

    The pause after a flush grows with it, so that under load there are fewer and larger ones.
    """

    def __init__(
        self,
        settings: DetectorSettings,
        owned: Owned,
        transactions: Transactions,
        store: Callable[[], JourneyStore],
    ) -> None:
        self._interval_s = settings.flush_interval_ms / 1000
        self._live = settings.clock == "wall"
        self._owned = owned
        self._transactions = transactions
        self._store = store
        self._locks: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._last: dict[int, float] = {}
        self._size = FlushSize()

    @ends_the_process("flush")
    async def flush_for_ever(self) -> None:
        """Flush what changed whenever it is wanted."""
        while True:
            await self._owned.wanted.wait()
            await self._interval()
            self._owned.wanted.clear()
            self._owned.urgent.clear()
            began = time.monotonic()
            if self._owned.is_open:
                await self._flush_due()
            await asyncio.sleep(max(PAUSE_S, (time.monotonic() - began) / 2))

    async def _interval(self) -> None:
        """Wait until the interval is over, or something is said that somebody waits for."""
        if not self._live:
            await asyncio.sleep(self._interval_s)  # nobody waits for what a history says
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._owned.urgent.wait(), self._interval_s)

    async def _flush_due(self) -> None:
        """Flush the partitions with messages, and the others where their interval is over."""
        due = [held for held in self._owned.all() if held.has_messages or self._is_over(held)]
        if any(held.wants_flush for held in self._owned.all() if held not in due):
            self._owned.wanted.set()
        await asyncio.gather(*(self.flush(held) for held in due))

    def _is_over(self, held: Partition) -> bool:
        return time.monotonic() - self._last.get(held.number, 0.0) >= self._interval_s

    async def flush_all(self) -> None:
        """Flush every partition."""
        await asyncio.gather(*(self.flush(held) for held in self._owned.all()))

    async def flush(self, held: Partition) -> None:
        """Commit what changed in one transaction; only then write the local store."""
        async with self._locks[held.number]:
            if self._owned.has(held):
                flush = self._take(held)
                if flush is not None:
                    await self._commit(held, flush)

    def is_full(self, held: Partition) -> bool:
        """Say whether a partition has as much to flush as it should hold."""
        return held.pending > self._size.most

    def has_clock_to_tell(self, held: Partition) -> bool:
        """Say whether the clock of an idle partition should be written down again."""
        since = time.monotonic() - self._last.get(held.number, 0.0)
        return since > CLOCK_COMMIT_S and held.clock.own is not None

    def forget(self) -> None:
        """Forget when partitions were flushed: they are no longer owned."""
        self._last.clear()

    def _take(self, held: Partition) -> Flush | None:
        began, pending = time.monotonic(), held.pending
        flush = held.take(even_if_idle=self.has_clock_to_tell(held))
        self._size.took(time.monotonic() - began, pending)
        return flush

    async def _commit(self, held: Partition, flush: Flush) -> None:
        began = time.time()
        last = await self._transactions.commit(flush.work)
        self._store().commit(held.number, flush.work.states, last)
        held.committed()
        self._last[held.number] = time.monotonic()
        metrics.record(flush, began, time.time(), live=self._live)
        for gap in flush.tally.gaps:
            _log.error("source_gap", topic=gap.topic, partition=held.number,
                       begin=gap.begin, end=gap.end)  # fmt: skip

"""Lets the clocks run, also where no event arrives, and watches that they do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from aiokafka import TopicPartition

from services.detector import metrics
from services.detector.ends import Ends, Seen
from services.detector.fatal import ends_the_process
from services.detector.flusher import Flusher
from services.detector.owned import Owned
from services.detector.partition import Partition
from services.detector.settings import DetectorSettings
from services.detector.transport.table import JourneyStore
from topics.contracts import REKEYED, SOURCES

TICK_S: Final = 0.25


class Ticker:
    """Moves the clocks of the owned partitions and fires what is due."""

    def __init__(
        self,
        settings: DetectorSettings,
        count: int,
        owned: Owned,
        flusher: Flusher,
        store: Callable[[], JourneyStore],
    ) -> None:
        self._settings = settings
        self._numbers = range(count)
        self._owned = owned
        self._flusher = flusher
        self._store = store
        self._moved: dict[int, tuple[int, float]] = {}

    @ends_the_process("tick")
    async def tick_for_ever(self, ends: Ends) -> None:
        """Tick four times a second."""
        while True:
            await asyncio.sleep(TICK_S)
            instant = time.time_ns() // 1_000_000
            owned = tuple(self._owned.by_number)
            if owned and self._owned.is_open:
                arrived = self._arrived(instant) if self._settings.clock == "wall" else None
                seen = await ends.look(self._numbers, owned, arrived)
                for held in self._owned.all() if self._owned.is_open else ():
                    self._tick(held, instant, seen)

    def unready(self) -> str | None:
        """Say which clock stands still for too long, None when none does."""
        now = time.monotonic()
        for number, (_, moved) in self._moved.items():
            if self._settings.clock == "wall" and now - moved > self._settings.frozen_after_s:
                return f"the clock of partition {number} stands since {now - moved:.0f} s"
        return None

    def forget(self) -> None:
        """Watch none of the partitions any more: they are no longer owned."""
        self._moved.clear()
        metrics.forget_partitions()

    def _arrived(self, instant: int) -> int:
        """Give up to when all has arrived: the broker's clock may be behind the worker's.

        No later than up to where it is known which models are in force.
        """
        return min(instant - self._settings.clock_skew_ms, self._owned.until)

    def _tick(self, held: Partition, instant: int, seen: Seen | None) -> None:
        if seen is not None:
            for topic in SOURCES:
                self._barrier(held, topic, seen, self._arrived(instant))
            if seen.forwarded is not None:
                self._barrier(held, REKEYED, seen, seen.forwarded)
        held.tick()
        self._watch(held, instant)
        if held.wants_flush or self._flusher.has_clock_to_tell(held):
            self._owned.want(held)

    def _barrier(self, held: Partition, topic: str, seen: Seen, instant: int) -> None:
        end = seen.ends.get(TopicPartition(topic, held.number))
        if end is None:
            return  # it became ours while the ends were asked for
        held.clock.barrier(topic, instant, end)
        lag = max(0, end - held.positions[topic])
        metrics.LAG_EVENTS.labels(topic, str(held.number)).set(lag)

    def _watch(self, held: Partition, instant: int) -> None:
        clock, number = held.clock.now, str(held.number)
        if self._moved.get(held.number, (None, 0.0))[0] != clock:
            self._moved[held.number] = (clock, time.monotonic())
        metrics.LAG_SECONDS.labels(number).set((instant - clock) / 1000 if clock else 0)
        metrics.JOURNEYS_CACHED.labels(number).set(held.in_memory)
        metrics.JOURNEYS_STORED.labels(number).set(len(self._store().states(held.number)))

"""The detector: owns partition numbers, folds what is read, flushes, and lets the clock run."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import structlog
from aiokafka import TopicPartition
from faust.types import TP

from journey.engine import Engine
from services.detector import metrics
from services.detector.clock import EventsClock, WallClock, parse_published
from services.detector.ends import Ends
from services.detector.errors import SplitAssignment
from services.detector.fatal import ends_the_process
from services.detector.partition import Flush, Partition
from services.detector.records import Committed, RecordSet
from services.detector.settings import DetectorSettings
from services.detector.transport.table import MemoryStore
from services.detector.transport.transactions import Transactions
from topics.contracts import CHANGELOG, SOURCES
from topics.decode import EventDecoder

TICK_S: Final = 0.25
CLOCK_COMMIT_S: Final = 5.0  # an idle partition tells its clock this often
MOST_PENDING: Final = 50_000  # messages of one flush beyond which reading waits for it

_log = structlog.get_logger("touchstone.detector")


class Detector:
    """The owner of the partitions (see transport.owner), with its two endless tasks."""

    def __init__(
        self,
        settings: DetectorSettings,
        engine: Engine,
        count: int,
        transactions: Transactions,
        store: Callable[[], MemoryStore],
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._count = count
        self._decoder = EventDecoder(engine.fields)
        self._transactions = transactions
        self._store = store
        self._partitions: dict[int, Partition] = {}
        self._locks: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._last_flush: dict[int, float] = {}
        self._moved: dict[int, tuple[int, float]] = {}
        self._wanted = asyncio.Event()
        self._open = False

    async def assigned(self, assigned: Iterable[TP], generation: int) -> None:
        """Check that every source was shared out alike, and fence the former owners."""
        numbers: dict[str, set[int]] = defaultdict(set)
        for tp in assigned:
            numbers[tp.topic].add(tp.partition)
        owned = numbers[CHANGELOG]
        for topic in SOURCES:
            if numbers[topic] != owned:
                raise SplitAssignment(
                    f"was given partitions {sorted(numbers[topic])} of {topic}, but "
                    f"{sorted(owned)} of {CHANGELOG}; expected the same: check with "
                    "`touchstone topics check`, then stop all workers and start them again"
                )
        await self._transactions.fence(owned, generation)
        metrics.REBALANCES.inc()
        _log.info("partitions_assigned", partitions=sorted(owned), generation=generation)

    def opened(self, starts: Mapping[TP, Committed]) -> None:
        """Take up the recovered partitions where their last transactions ended."""
        by_number: dict[int, dict[str, Committed]] = defaultdict(dict)
        for tp, start in starts.items():
            by_number[tp.partition][tp.topic] = start
        for number, sources in by_number.items():
            self._partitions[number] = self._new_partition(number, sources, len(by_number))
        self._open = True
        self._wanted.set()
        _log.info("partitions_opened", partitions=sorted(by_number))

    def _new_partition(self, number: int, starts: Mapping[str, Committed], owned: int) -> Partition:
        positions = {topic: start.position for topic, start in starts.items()}
        if positions.keys() != set(SOURCES):
            raise SplitAssignment(f"partition {number} has no position in every source topic")
        published = parse_published(start.metadata for start in starts.values())
        clock = WallClock if self._settings.clock == "wall" else EventsClock
        states = self._store().states(number)
        metrics.JOURNEYS_RECOVERED.inc(len(states))
        return Partition(
            number,
            self._count,
            self._engine,
            self._decoder,
            states,
            positions,
            clock(positions, published),
            self._settings.limits.shared_by(owned),
        )

    def received(self, taken: RecordSet) -> int | None:
        """Fold a set; an offset that comes back must be read again from there."""
        partition = self._partitions.get(taken.partition)
        if partition is None or not self._open:
            return None  # given up, or about to be: whoever owns it next reads this again
        again = partition.fold(taken)
        if partition.pending:
            self._wanted.set()
        return again

    async def settled(self, partition: int) -> None:
        """Flush first where the partition has more unsaid work than it should hold."""
        held = self._partitions.get(partition)
        if held is not None and held.pending > MOST_PENDING:
            await self._flush(held)

    async def flush(self) -> None:
        """Make all that was folded durable; folds nothing more until the next `opened`."""
        self._open = False
        await self._flush_all()

    async def _flush_all(self) -> None:
        await asyncio.gather(*(self._flush(held) for held in list(self._partitions.values())))

    def revoked(self) -> None:
        """Drop every partition; another worker may own it next."""
        if self._partitions:
            _log.info("partitions_revoked", partitions=sorted(self._partitions))
        self._open = False
        self._partitions.clear()
        metrics.forget_partitions()
        self._last_flush.clear()
        self._moved.clear()

    @ends_the_process("flush")
    async def flush_for_ever(self) -> None:
        """Flush what changed, each partition at most once in the set interval."""
        interval = self._settings.flush_interval_ms / 1000
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if self._open:
                await self._flush_all()
            await asyncio.sleep(interval)

    @ends_the_process("tick")
    async def tick_for_ever(self, ends: Ends) -> None:
        """Let the clocks run and fire what is due, also where no event arrives."""
        while True:
            await asyncio.sleep(TICK_S)
            instant = time.time_ns() // 1_000_000
            found = await ends.of(SOURCES, list(self._partitions))
            for held in list(self._partitions.values()) if self._open else ():
                self._tick(held, instant, found)

    def _tick(self, held: Partition, instant: int, ends: Mapping[TopicPartition, int]) -> None:
        for (topic, number), end in ends.items():
            if number == held.number:
                held.clock.barrier(topic, instant, end)
                lag = max(0, end - held.positions[topic])
                metrics.LAG_EVENTS.labels(topic, str(number)).set(lag)
        held.tick()
        self._watch(held, instant)
        idle = time.monotonic() - self._last_flush.get(held.number, 0.0) > CLOCK_COMMIT_S
        if held.pending or (idle and held.clock.now):
            self._wanted.set()

    def _watch(self, held: Partition, instant: int) -> None:
        clock, number = held.clock.now, str(held.number)
        if self._moved.get(held.number, (None, 0.0))[0] != clock:
            self._moved[held.number] = (clock, time.monotonic())
        metrics.LAG_SECONDS.labels(number).set((instant - clock) / 1000 if clock else 0)
        metrics.JOURNEYS_CACHED.labels(number).set(held.in_memory)
        metrics.JOURNEYS_STORED.labels(number).set(len(self._store().states(held.number)))

    async def _flush(self, held: Partition) -> None:
        """Commit what changed in one transaction; only then write the local store."""
        async with self._locks[held.number]:
            if self._partitions.get(held.number) is not held:
                return
            since = time.monotonic() - self._last_flush.get(held.number, 0.0)
            flush = held.take(even_if_idle=since > CLOCK_COMMIT_S and held.clock.now > 0)
            if flush is not None:
                await self._commit(held, flush)

    async def _commit(self, held: Partition, flush: Flush) -> None:
        began = time.time()
        last = await self._transactions.commit(flush.work)
        if last is not None:
            self._store().apply_committed(CHANGELOG, held.number, flush.work.states, last)
        held.committed()
        self._last_flush[held.number] = time.monotonic()
        metrics.record(flush, began, time.time(), live=self._settings.clock == "wall")
        for gap in flush.tally.gaps:
            _log.error("source_gap", topic=gap.topic, partition=held.number,
                       begin=gap.begin, end=gap.end)  # fmt: skip

    def unready(self) -> str | None:
        """Say why the worker is not ready, None when it is."""
        if not self._open:
            return "recovering, or waiting for partitions"
        if self._settings.clock == "wall":
            now = time.monotonic()
            for number, (_, moved) in self._moved.items():
                if now - moved > self._settings.frozen_after_s:
                    return f"the clock of partition {number} stands since {now - moved:.0f} s"
        return None

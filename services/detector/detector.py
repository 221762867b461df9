"""The detector: owns partition numbers and folds what is read of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import structlog
from faust.types import TP

from services.detector import metrics
from services.detector.clock import EventsClock, WallClock, parse_published
from services.detector.errors import ModelsUnknown, OffsetsGone, SplitAssignment
from services.detector.flusher import Flusher
from services.detector.learner import Learner
from services.detector.modellog import ModelLog
from services.detector.owned import Owned
from services.detector.partition import Partition
from services.detector.records import Committed, RecordSet
from services.detector.settings import DetectorSettings
from services.detector.ticker import Ticker
from services.detector.transport.table import JourneyStore
from services.detector.transport.transactions import Transactions
from topics.contracts import CHANGELOG, GROUP, MODELS, READ

_log = structlog.get_logger("touchstone.detector")


class Detector:
    """The owner of the partitions (see transport.owner).

    `flusher`, `ticker` and `learner` each have an endless task, which somebody must run.
    """

    def __init__(
        self,
        settings: DetectorSettings,
        models: ModelLog,
        count: int,
        transactions: Transactions,
        store: Callable[[], JourneyStore],
    ) -> None:
        self._settings = settings
        self._models = models
        self._count = count
        self._transactions = transactions
        self._store = store
        self._owned = Owned()
        self.flusher = Flusher(settings, self._owned, transactions, store)
        self.ticker = Ticker(settings, count, self._owned, self.flusher, store)
        self.learner = Learner(settings, models, self._owned, self.flusher)

    async def assigned(self, assigned: Iterable[TP], generation: int) -> None:
        """Check that every source was shared out alike, fence the former owners, know the models.

        What the former owners knew is on the topic by now.
        """
        numbers: dict[str, set[int]] = defaultdict(set)
        for tp in assigned:
            numbers[tp.topic].add(tp.partition)
        owned = numbers[CHANGELOG]
        for topic in READ:
            if numbers[topic] != owned:
                raise SplitAssignment(
                    f"was given partitions {sorted(numbers[topic])} of {topic}, but "
                    f"{sorted(owned)} of {CHANGELOG}; expected the same: check with "
                    "`touchstone topics check`, then stop all workers and start them again"
                )
        await self._transactions.fence(owned)
        if not await self.learner.learn():
            raise ModelsUnknown(f"the topic {MODELS} could not be read; see whether it is there")
        metrics.REBALANCES.inc()
        _log.info("partitions_assigned", partitions=sorted(owned), generation=generation)

    def opened(self, starts: Mapping[TP, Committed]) -> None:
        """Take up the recovered partitions where their last transactions ended."""
        by_number: dict[int, dict[str, Committed]] = defaultdict(dict)
        for tp, start in starts.items():
            by_number[tp.partition][tp.topic] = start
        for number, sources in by_number.items():
            self._owned.by_number[number] = self._new_partition(number, sources, len(by_number))
        self._owned.is_open = True
        self._owned.wanted.set()
        _log.info("partitions_opened", partitions=sorted(by_number))

    def _new_partition(self, number: int, starts: Mapping[str, Committed], owned: int) -> Partition:
        positions = {topic: start.position for topic, start in starts.items()}
        if positions.keys() != set(READ):
            raise SplitAssignment(f"partition {number} has no position in every source topic")
        states = self._store().states(number)
        if len(states) and not any(start.metadata for start in starts.values()):
            # Kafka drops the offsets of a group without members, and an answer may lack them.
            raise OffsetsGone(
                f"partition {number} has {len(states)} journeys, but the group {GROUP} has no "
                "offsets that say up to where they were folded; start the worker again: where it "
                "says so again, they are lost (see offsets.retention.minutes of the broker), and "
                "the topics have to be made anew and filled from where the events came from"
            )
        published = parse_published(start.metadata for start in starts.values())
        clock = WallClock if self._settings.clock == "wall" else EventsClock
        metrics.JOURNEYS_RECOVERED.inc(len(states))
        return Partition(
            number,
            self._count,
            self._models.engine,
            self._models.decoder,
            states,
            positions,
            clock(positions, published),
            self._settings.limits.shared_by(owned),
        )

    async def prepare(self, taken: RecordSet) -> None:
        """Wait until the models are known under which the set is to be folded."""
        await self.learner.prepare(taken)

    def received(self, taken: RecordSet) -> int | None:
        """Fold a set; an offset that comes back must be read again from there."""
        partition = self._owned.by_number.get(taken.partition)
        if partition is None or not self._owned.is_open:
            return None  # given up, or about to be: whoever owns it next reads this again
        again = partition.fold(taken)
        if partition.wants_flush:
            self._owned.want(partition)
        return again

    async def settled(self, partition: int) -> None:
        """Flush first where the partition has more unsaid work than it should hold."""
        held = self._owned.by_number.get(partition)
        if held is not None and self.flusher.is_full(held):
            await self.flusher.flush(held)

    async def flush(self) -> None:
        """Make all that was folded durable; folds nothing more until the next `opened`."""
        self._owned.is_open = False
        await self.flusher.flush_all()

    def revoked(self) -> None:
        """Drop every partition; another worker may own it next."""
        if self._owned.by_number:
            _log.info("partitions_revoked", partitions=sorted(self._owned.by_number))
        self._owned.is_open = False
        self._owned.by_number.clear()
        self.flusher.forget()
        self.ticker.forget()

    def unready(self) -> str | None:
        """Say why the worker is not ready, None when it is."""
        if not self._owned.is_open:
            return "recovering, or waiting for partitions"
        return self.ticker.unready()

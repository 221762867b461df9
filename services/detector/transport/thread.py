"""The thread that fetches: read committed, in sets, with the positions around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from aiokafka import AIOKafkaConsumer
from faust.tables.manager import TableManager
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types import TP

from services.detector.records import Committed, RecordSet
from topics.cluster import admin
from topics.groups import committed

if TYPE_CHECKING:
    from services.detector.transport.app import DetectorApp

IDLE_WAIT_MS: Final = 100
BUSY_WAIT_MS: Final = 2


class ReadCommittedThread(AIOKafkaConsumerThread):
    """Faust's consumer thread, reading only what was committed and telling positions."""

    app: DetectorApp

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # A broker answers the requests of a connection one after the other, so that each
        # question about offsets waits for the long poll before it.
        consumer._fetch_max_wait_ms = IDLE_WAIT_MS  # noqa: SLF001
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        return consumer

    async def _fetch_records(
        self,
        consumer: AIOKafkaConsumer,
        active_partitions: set[TP],
        timeout: float | None = None,  # noqa: ASYNC109 - Faust's signature
        max_records: int | None = None,
    ) -> Mapping[TP, list[RecordSet]]:
        before = _positions(consumer, active_partitions)
        drained = await super()._fetch_records(consumer, active_partitions, timeout, max_records)
        # aiokafka asks at once for the partitions whose records it has handed over already, and
        # for no other until that is answered: with the busy ones not among them, the long poll.
        consumer._fetcher._fetch_max_wait_ms = BUSY_WAIT_MS if drained else IDLE_WAIT_MS  # noqa: SLF001
        # No await from here on: the positions must be those of these records.
        after = _positions(consumer, active_partitions | drained.keys())
        sets = {
            TP(*tp): [_record_set(tp, records, before.get(tp), after[tp])]
            for tp, records in drained.items()
            if tp in after
        }
        for tp in active_partitions - sets.keys():
            if tp in after and (from_ := self._holes(tp, before.get(tp), after[tp])) is not None:
                sets[tp] = [RecordSet(tp.topic, tp.partition, (), from_, after[tp])]
        return sets

    def _holes(self, tp: TP, before: int | None, position: int) -> int | None:
        """Give where markers alone have moved the position from, or None where they have not."""
        recovery = cast("TableManager", self.app.tables).recovery
        if self.app.in_recovery and tp in recovery.active_tps:
            # Recovery counts offsets, and waits for ever where a marker is the last of the log.
            applied = recovery.active_offsets[tp]
            return applied + 1 if applied is not None and position > applied + 1 else None
        return before if before is not None and position > before else None

    async def seek_sources(self, sources: Iterable[str]) -> dict[TP, Committed]:
        """Seek the assigned partitions of the sources to what is committed, else their start."""
        return await self.call_thread(self._seek_sources, frozenset(sources))  # type: ignore[no-any-return]

    async def _seek_sources(self, sources: frozenset[str]) -> dict[TP, Committed]:
        consumer = self._ensure_consumer()
        tps = [tp for tp in consumer.assignment() if tp.topic in sources]
        commits = await consumer._coordinator.fetch_committed_offsets(tps)  # noqa: SLF001
        if len(commits) < len(tps):
            # aiokafka takes an answer that is an error for one that nothing is committed.
            async with admin(self.app.bootstrap) as client:
                commits = await committed(client, self.app.conf.id)
        found = {tp: commits[tp] for tp in tps if tp in commits}
        unread = [tp for tp in tps if tp not in found]
        starts = {TP(*tp): Committed(one.offset, one.metadata or "") for tp, one in found.items()}
        if unread:
            begins = await consumer.beginning_offsets(unread)
            starts |= {TP(*tp): Committed(offset, "") for tp, offset in begins.items()}
        for tp, start in starts.items():
            await self._rewind(tp, start.position)
        return starts

    async def rewind(self, tp: TP, offset: int) -> None:
        """Read the partition again from the offset."""
        await self.call_thread(self._rewind, tp, offset)

    async def _rewind(self, tp: TP, offset: int) -> None:
        self._ensure_consumer().seek(tp, offset)


def _record_set(tp: TP, records: list[Any], before: int | None, reached: int) -> RecordSet:
    first: int = records[0].offset
    begin = first if before is None else min(before, first)
    return RecordSet(tp.topic, tp.partition, records, begin, reached)


def _positions(consumer: AIOKafkaConsumer, tps: Iterable[TP]) -> dict[TP, int]:
    subscription = consumer._subscription.subscription  # noqa: SLF001
    if subscription is None or subscription.assignment is None:
        return {}
    states = {tp: subscription.assignment.state_value(tp) for tp in tps}
    return {
        tp: state.position for tp, state in states.items() if state and state.has_valid_position
    }

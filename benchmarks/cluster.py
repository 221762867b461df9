"""The broker of a benchmark: its topics made anew, what a group has committed, what was written."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.structs import OffsetAndMetadata

from benchmarks.waiting import until
from benchmarks.workload import PARTITIONS
from services.detector.clock import parse_published
from topics import broker
from topics.connection import Connection
from topics.contracts import SOURCES, Clock
from touchstone.local import ports
from touchstone.local.kafka import Kafka
from touchstone.local.stopping import Stop
from touchstone.local.watchdog import Watchdog

_GONE_WITHIN_S = 30.0
_INTERNAL = "__"


@contextmanager
def running_kafka() -> Iterator[Kafka]:
    """Run Apache Kafka of one's own, as `touchstone up` does, in a temporary directory."""
    watchdog = Watchdog()
    with tempfile.TemporaryDirectory(prefix="touchstone-bench-") as directory:
        home = Path(directory)
        kafka = Kafka(home / "kafka", ports.choose_free(1)[0], watchdog, home / "kafka.log")
        try:
            kafka.start(Stop())
            kafka.wait_ready(Stop())
            yield kafka
        finally:
            kafka.stop()
            watchdog.close()


class Cluster:
    """Asks and changes the broker at `bootstrap`; `start` before, `stop` after."""

    def __init__(self, bootstrap: str, clock: Clock) -> None:
        self.bootstrap = bootstrap
        self.connection = Connection(bootstrap)
        self._clock = clock
        self._admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)

    async def start(self) -> None:
        """Connect."""
        await self._admin.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._admin.close()

    async def clear(self, *, sources_too: bool) -> None:
        """Remove every topic, the sources only if told so, and make Touchstone's own again."""
        kept = set() if sources_too else set(SOURCES)
        gone = await self._names() - kept
        if gone:
            await self._admin.delete_topics(sorted(gone))

        async def is_done() -> bool:
            return not gone & await self._names()

        await until(is_done, _GONE_WITHIN_S, "topics removed")
        await broker.ensure(self.connection, self._clock, PARTITIONS)

    async def make(self, topic: str) -> None:
        """Make a topic for what a contender writes."""
        await self._admin.create_topics([NewTopic(topic, PARTITIONS, 1)])

    async def rewind(self, group: str, topics: Sequence[str]) -> None:
        """Let a group begin anew; it has no members any more."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap, group_id=group, enable_auto_commit=False
        )
        async with consumer:
            consumer.assign(_places(topics))
            await consumer.commit(dict.fromkeys(_places(topics), 0))

    async def committed(self, group: str, topics: Sequence[str]) -> int:
        """Give how many records of the topics a group has committed, all together."""
        found = await self._commits(group)
        return sum(one.offset for tp, one in found.items() if tp.topic in topics and one.offset > 0)

    async def clocks(self, group: str) -> set[int]:
        """Give how far (ms) the clocks of Touchstone's partitions have come."""
        texts: dict[int, list[str]] = defaultdict(list)
        for tp, one in (await self._commits(group)).items():
            texts[tp.partition].append(one.metadata)
        return {parse_published(said).clock or 0 for said in texts.values()}

    async def _commits(self, group: str) -> dict[TopicPartition, OffsetAndMetadata]:
        try:
            found: dict[TopicPartition, OffsetAndMetadata]
            found = await self._admin.list_consumer_group_offsets(group)
        except GroupCoordinatorNotAvailableError:
            return {}  # the first group of a broker: the topic of offsets is being made
        return found

    async def end(self, topics: Sequence[str]) -> int:
        """Give how many records the topics hold, all together."""
        async with _consumer(self.bootstrap) as consumer:
            ends = await consumer.end_offsets(_places(topics))
        return sum(ends.values())

    async def read(self, topic: str) -> AsyncIterator[bytes]:
        """Give the values of all that is committed in a topic, each partition in its order."""
        for place in _places([topic]):
            async with _consumer(self.bootstrap) as consumer:
                consumer.assign([place])
                await consumer.seek_to_beginning(place)
                end = (await consumer.end_offsets([place]))[place]
                while await consumer.position(place) < end:
                    found = await consumer.getmany(place, timeout_ms=200)
                    for record in found.get(place, ()):
                        yield record.value

    async def _names(self) -> set[str]:
        topics: list[dict[str, Any]] = await self._admin.describe_topics()
        return {one["topic"] for one in topics if not one["topic"].startswith(_INTERNAL)}


def _places(topics: Sequence[str]) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]


def _consumer(bootstrap: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", max_poll_records=5_000
    )

"""Reading topics from the outside: committed messages only, up to where they end now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from topics.agreement import CREATE, FoundTopics, clock_of
from topics.cluster import admin, find_topics
from topics.connection import Connection
from topics.contracts import Clock
from topics.errors import TopicsWrong
from topics.reach import why_refused
from touchstone.errors import Missing

Record: TypeAlias = "ConsumerRecord[bytes, bytes]"

_WAIT_MS = 500


class Reader:
    """Reads partitions one after the other; needs no consumer group."""

    def __init__(self, bootstrap: Connection, asker: AIOKafkaConsumer, found: FoundTopics) -> None:
        self._bootstrap = bootstrap
        self._asker = asker
        self._found = found

    def clock(self) -> Clock:
        """Give the deployment's clock. Raises TopicsWrong where the topics do not tell."""
        clock = clock_of(self._found)
        if clock is None:
            raise TopicsWrong(f"the broker has no topics of Touchstone yet: {CREATE}")
        return clock

    def places(self, topic: str) -> list[TopicPartition]:
        """Give the partitions of a topic. Raises Missing where there is no such topic."""
        if topic not in self._found:
            raise Missing(
                f"The broker has no topic {topic}: create it with `touchstone topics create`."
            )
        return [TopicPartition(topic, number) for number in range(self._found[topic].partitions)]

    async def extent(self, place: TopicPartition) -> tuple[int, int]:
        """Give the first offset of a partition and the one after its last."""
        begins = await self._asker.beginning_offsets([place])
        ends = await self._asker.end_offsets([place])
        return begins[place], ends[place]

    async def topic(self, topic: str) -> AsyncIterator[Record]:
        """Give every message of a topic up to its present end, partition by partition."""
        for place in self.places(topic):
            begin, end = await self.extent(place)
            async for record in self.between(place, begin, end):
                yield record

    async def one(self, topic: str, partition: int, offset: int) -> Record | None:
        """Give the message at an offset, or None where there is none."""
        place = TopicPartition(topic, partition)
        if place not in self.places(topic):
            return None
        begin, end = await self.extent(place)
        if not begin <= offset < end:
            return None
        found = [record async for record in self.between(place, offset, offset + 1)]
        return found[0] if found else None

    async def between(self, place: TopicPartition, start: int, until: int) -> AsyncIterator[Record]:
        """Give the messages of those offsets of a partition, `until` excluded."""
        if start >= until:
            return
        # A consumer each: one whose assignment has just changed may never stop (aiokafka 0.14).
        async with _consumer(self._bootstrap) as consumer:
            consumer.assign([place])
            consumer.seek(place, start)
            while await consumer.position(place) < until:
                found = await consumer.getmany(place, timeout_ms=_WAIT_MS)
                for record in found.get(place, ()):
                    if record.offset < until:
                        yield record


@asynccontextmanager
async def reading(bootstrap: Connection) -> AsyncIterator[Reader]:
    """Connect a reader. Raises Missing where the broker does not answer."""
    async with admin(bootstrap) as client:
        found = await find_topics(client)
    async with _consumer(bootstrap) as asker:
        yield Reader(bootstrap, asker, found)


@asynccontextmanager
async def _consumer(bootstrap: Connection) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        **bootstrap.client_settings(),
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    try:
        await consumer.start()
        # A task of the consumer that is stopped before its first step raises out of `stop`.
        await asyncio.sleep(0)
        yield consumer
    except KafkaError as error:
        raise await why_refused(bootstrap, error) or Missing(
            f"The Kafka broker at {bootstrap} does not answer ({type(error).__name__}): "
            "see that it runs, or pass another with --broker."
        ) from error
    finally:
        await consumer.stop()

"""The topics and the committed offsets as any client sees them, read by a hand of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import ConsumerRecord

GROUP = "touchstone"
_SOURCES = ("events.", "alert-actions")


class Standing(NamedTuple):
    """What the detectors have committed: how many messages are left, clocks (ms) by partition."""

    left: int
    clocks: dict[int, int]


class Outside:
    """A client of the broker for checks."""

    def __init__(self, bootstrap: str, admin: AIOKafkaAdminClient) -> None:
        self._bootstrap = bootstrap
        self._admin = admin

    async def standing(self) -> Standing:
        """Ask what is committed, and how much of the sources lies behind that."""
        committed = await self._admin.list_consumer_group_offsets(GROUP)
        async with self._consumer() as consumer:
            names = [name for name in await consumer.topics() if name.startswith(_SOURCES)]
            places = [tp for name in names for tp in await self._places(name)]
            ends = await consumer.end_offsets(places)
        left, clocks = 0, dict[int, int]()
        for place, end in ends.items():
            one = committed.get(place)
            left += end - max(0, one.offset if one else 0)
            clock = orjson.loads(one.metadata or "{}").get("clock") if one else None
            clocks[place.partition] = max(clocks.get(place.partition, 0), clock or 0)
        return Standing(left, clocks)

    async def read(self, topic: str) -> list[ConsumerRecord]:
        """Read all of a topic that is committed, partition by partition."""
        found: list[ConsumerRecord] = []
        for place in await self._places(topic):
            async with self._consumer() as consumer:
                consumer.assign([place])
                await consumer.seek_to_beginning(place)
                end = (await consumer.end_offsets([place]))[place]
                while await consumer.position(place) < end:
                    found += (await consumer.getmany(place, timeout_ms=200)).get(place, [])
        return found

    async def _places(self, topic: str) -> list[TopicPartition]:
        [about] = await self._admin.describe_topics([topic])
        return [TopicPartition(topic, number) for number in range(len(about["partitions"]))]

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, isolation_level="read_committed"
        )
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()


@asynccontextmanager
async def outside(bootstrap: str) -> AsyncIterator[Outside]:
    """Connect to the broker."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield Outside(bootstrap, admin)
    finally:
        await admin.close()

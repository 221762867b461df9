"""Events onto partitions, in batches: acknowledged by all replicas, idempotent, in order.

`AIOKafkaProducer.send` costs a task and a future an event; here a batch does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from topics.partition import partition_of
from touchstone.errors import Missing

_BATCH_BYTES: Final = 1 << 18
_BATCHES_UNDER_WAY: Final = 64

Headers = list[tuple[str, bytes]]
Place = tuple[str, int]


class Sender:
    """Sends records; `flush` returns when everything so far is on the broker."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._open: dict[Place, BatchBuilder] = {}
        self._under_way: list[asyncio.Future[Any]] = []
        self._counts: dict[str, int] = {}
        self.acknowledged = 0

    async def partitions(self, topic: str) -> int:
        """Give the topic's number of partitions, asking the broker once."""
        if topic not in self._counts:
            self._counts[topic] = len(await self._producer.partitions_for(topic))
        return self._counts[topic]

    async def event(self, topic: str, key: bytes, value: bytes, timestamp: int) -> None:
        """Send an event to the partition of its key; `timestamp` in ms since the epoch."""
        count = self._counts.get(topic) or await self.partitions(topic)
        await self.record((topic, partition_of(key, count)), key, value, timestamp)

    async def record(
        self,
        place: Place,
        key: bytes | None,
        value: bytes,
        timestamp: int,
        headers: Headers | None = None,
    ) -> None:
        """Add a record to its partition's batch; send the batch first when it is full."""
        batch = self._open.get(place)
        if batch and batch.append(timestamp=timestamp, key=key, value=value, headers=headers or []):
            return
        if batch:
            await self._submit(place)
        self._open[place] = batch = self._producer.create_batch()
        batch.append(timestamp=timestamp, key=key, value=value, headers=headers or [])

    async def push(self) -> None:
        """Send what waits in batches, full or not."""
        for place in list(self._open):
            await self._submit(place)

    async def flush(self) -> None:
        """Send what waits, and wait until all of it is acknowledged."""
        await self.push()
        await self._settle(0)

    async def _submit(self, place: Place) -> None:
        builder = self._open.pop(place)
        count = builder.record_count()
        topic, partition = place
        future = await self._producer.send_batch(builder, topic, partition=partition)
        self._under_way.append(asyncio.ensure_future(self._acknowledge(future, count)))
        await self._settle(_BATCHES_UNDER_WAY)

    async def _acknowledge(self, future: asyncio.Future[Any], count: int) -> None:
        await future
        self.acknowledged += count

    async def _settle(self, allowed: int) -> None:
        while len(self._under_way) > allowed:
            await self._under_way.pop(0)


@asynccontextmanager
async def connected(bootstrap: str) -> AsyncIterator[Sender]:
    """Connect a sender. Raises Missing where the broker is away or refuses what is sent."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=_BATCH_BYTES,
        linger_ms=0,
    )
    try:
        await producer.start()
        yield Sender(producer)
    except KafkaError as error:
        raise Missing(
            f"The Kafka broker at {bootstrap} does not take the events ({error}): "
            "see that it runs, or pass another with --broker."
        ) from error
    finally:
        await producer.stop()

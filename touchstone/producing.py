"""Events onto their partitions: acknowledged by all replicas, idempotent, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from topics.connection import Connection
from topics.partition import partition_of
from topics.reach import why_refused
from touchstone.batches import Batches, Place
from touchstone.errors import Missing

_BATCH_BYTES: Final = 1 << 18
_END_WITHIN_S: Final = 5.0
"""How long what is under way may take once the sending was stopped: the broker may be away."""
_AT_ONCE_S: Final = 0.1


class Sender(Batches):
    """Sends records of which it knows the partition; `flush` returns when all are on the broker."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        super().__init__(producer)
        self._counts: dict[str, int] = {}
        self._patience_s = _END_WITHIN_S

    async def partitions(self, topic: str) -> int:
        """Give the topic's number of partitions, asking the broker once."""
        if topic not in self._counts:
            self._counts[topic] = len(await self._producer.partitions_for(topic))
        return self._counts[topic]

    def place(self, topic: str, key: bytes) -> Place:
        """Give the partition of a key, in a topic whose number of `partitions` was asked for."""
        return topic, partition_of(key, self._counts[topic])

    async def event(self, topic: str, key: bytes, value: bytes, timestamp: int) -> None:
        """Send an event to the partition of its key; `timestamp` in ms since the epoch."""
        if topic not in self._counts:
            await self.partitions(topic)
        await self.record(self.place(topic, key), key, value, timestamp)

    async def finish(self) -> None:
        """Flush after a cancellation, for as long as that is reasonable and not cancelled again."""
        try:
            await asyncio.wait_for(self.flush(), _END_WITHIN_S)
        except (TimeoutError, asyncio.CancelledError):
            self._patience_s = _AT_ONCE_S

    async def close(self) -> None:
        """Disconnect. What no broker takes in a reasonable time is given up."""
        try:
            await asyncio.wait_for(self._producer.stop(), self._patience_s)
        except TimeoutError:
            await self._producer.client.close()
        await self.give_up()


@asynccontextmanager
async def connected(bootstrap: Connection) -> AsyncIterator[Sender]:
    """Connect a sender. Raises Missing where the broker is away or refuses what is sent."""
    producer = AIOKafkaProducer(
        **bootstrap.client_settings(),
        acks="all",
        enable_idempotence=True,
        max_batch_size=_BATCH_BYTES,
        linger_ms=0,
    )
    sender = Sender(producer)
    try:
        await producer.start()
        yield sender
    except KafkaError as error:
        raise await why_refused(bootstrap, error) or Missing(
            f"The Kafka broker at {bootstrap} does not take the events ({error}): "
            "see that it runs, or pass another with --broker."
        ) from error
    finally:
        await sender.close()

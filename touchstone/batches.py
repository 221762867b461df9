"""Batches of records, of which a partition has one under way at a time.

So what is on the broker is always the first part of what was to go to a partition, without a gap,
however the sending ended. `AIOKafkaProducer.send` costs a task and a future an event; here a
batch does.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

_TURNS: Final = 8
"""How often the event loop turns until a batch is on the wire. Who reads a file waits for nothing
else, so that batches would be sent late."""

Headers = Sequence[tuple[str, bytes | None]]
Place = tuple[str, int]


class Batches:
    """Takes records and has them sent. Every wait may be cancelled: what was taken stays taken.

    `acknowledged` counts records with a key, which marks do not have.
    """

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._open: dict[Place, BatchBuilder] = {}
        self._keyless: Counter[Place] = Counter()
        self._under_way: dict[Place, asyncio.Task[None]] = {}
        self._hurried: set[Place] = set()
        self.acknowledged = 0

    async def record(
        self,
        place: Place,
        key: bytes | None,
        value: bytes,
        timestamp: int,
        headers: Headers | None = None,
    ) -> None:
        """Add a record to its partition's batch; send the batch first when it is full.

        `timestamp` is in ms since the epoch. Raises KafkaError where the partition takes no more.
        """
        batch = self._open.get(place)
        if not (
            batch
            and batch.append(timestamp=timestamp, key=key, value=value, headers=list(headers or ()))
        ):
            if batch:
                await self._submit(place)
            self._open[place] = batch = self._producer.create_batch()
            batch.append(timestamp=timestamp, key=key, value=value, headers=list(headers or ()))
        if key is None:
            self._keyless[place] += 1

    def push(self) -> None:
        """Send what waits in batches, full or not, as soon as may be."""
        for place in list(self._open):
            if place in self._under_way:
                self._hurried.add(place)
            else:
                self._start(place)

    async def flush(self) -> None:
        """Send what waits, and wait until all of it is acknowledged. Raises KafkaError."""
        self.push()
        while self._under_way:
            await self._settled(next(iter(self._under_way)))

    async def give_up(self) -> None:
        """Wait for nothing any more."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _submit(self, place: Place) -> None:
        await self._settled(place)
        if place in self._open:  # else it was in a hurry
            self._start(place)
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    def _start(self, place: Place) -> None:
        self._hurried.discard(place)
        batch = self._open.pop(place)
        count = batch.record_count() - self._keyless.pop(place, 0)
        self._under_way[place] = asyncio.create_task(self._deliver(place, batch, count))

    async def _deliver(self, place: Place, batch: BatchBuilder, count: int) -> None:
        """Have a batch acknowledged. One that fails stays under way: nothing may come after it."""
        topic, partition = place
        await (await self._producer.send_batch(batch, topic, partition=partition))
        self.acknowledged += count
        del self._under_way[place]
        if place in self._hurried:
            self._start(place)

    async def _settled(self, place: Place) -> None:
        """Wait for the batch that is under way to a partition."""
        if (task := self._under_way.get(place)) is not None:
            await asyncio.wait({task})
            task.result()

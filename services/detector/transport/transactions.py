"""One transactional producer a partition number: fenced when taken over, one commit for all."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import aiokafka.producer.sender
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import ProducerFenced
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import OffsetAndMetadata

from services.detector.errors import Fenced, Unanswered
from services.detector.records import Outgoing, Work
from topics.connection import Connection
from topics.partition import partition_of

COMMIT_DEADLINE_S: Final = 40.0  # aiokafka has none of its own in a transaction
TRANSACTION_TIMEOUT_MS: Final = 15_000  # how long a dead worker holds back readers of its outputs
BATCH_BYTES: Final = 512 * 1024

# After a commit the broker is busy with markers for a moment and refuses the next transaction;
# aiokafka asks again after 20 ms, which would be most of a small transaction's time.
aiokafka.producer.sender.BACKOFF_OVERRIDE = 0.002


class Transactions:
    """The producers of the owned partition numbers."""

    def __init__(self, app_id: str, bootstrap: Connection, changelog: str) -> None:
        self._app_id = app_id
        self._bootstrap = bootstrap
        self._changelog = changelog
        self._producers: dict[int, AIOKafkaProducer] = {}
        self._counts: dict[str, int] = {}

    async def fence(self, partitions: Iterable[int]) -> None:
        """Own exactly these partition numbers; whoever owned them can commit no more.

        All that was committed can be read after this, also what this worker has just committed: a
        broker answers a commit before its offsets and states show, but makes a new producer wait.
        """
        await self._stop(set(self._producers))
        self._producers = {number: self._new(number) for number in partitions}
        await asyncio.gather(*(producer.start() for producer in self._producers.values()))

    async def close(self) -> None:
        """Stop all producers."""
        await self._stop(set(self._producers))

    async def commit(self, work: Work) -> int | None:
        """Make the work durable in one transaction; give the last offset in the changelog.

        Any exception means that the process must end: what was sent may or may not count.
        Raises Fenced where another worker has taken over the number, Unanswered where the broker
        is silent.
        """
        try:
            return await self._commit(work)
        except ProducerFenced as fenced:
            raise Fenced(
                f"another worker has taken over partition {work.partition}, or this one stood "
                f"still for longer than {TRANSACTION_TIMEOUT_MS // 1000} s; nothing is lost, "
                "start it again"
            ) from fenced
        except TimeoutError as silent:
            raise Unanswered(
                f"the broker at {self._bootstrap} did not finish a transaction of partition "
                f"{work.partition} within {COMMIT_DEADLINE_S:.0f} s; nothing is lost, see that it "
                "runs and start the worker again"
            ) from silent

    async def _commit(self, work: Work) -> int | None:
        producer = self._producers[work.partition]
        async with asyncio.timeout(COMMIT_DEADLINE_S):
            await producer.begin_transaction()
            changed = await self._send(producer, work)
            if work.offsets:
                await producer.send_offsets_to_transaction(self._offsets(work), self._app_id)
            await producer.commit_transaction()
        return changed

    async def _send(self, producer: AIOKafkaProducer, work: Work) -> int | None:
        """Send all and wait for every answer: a refused batch does not fail the commit."""
        for topic in {outgoing.topic for outgoing in work.outgoing} - self._counts.keys():
            self._counts[topic] = len(await producer.partitions_for(topic))
        queues: dict[tuple[str, int], list[Outgoing]] = defaultdict(list)
        for outgoing in work.outgoing:
            queues[outgoing.topic, self._target(outgoing, work.partition)].append(outgoing)
        sends = [
            _send_all(producer, TopicPartition(*place), _batches(producer, queue))
            for place, queue in queues.items()
        ]
        changelog = TopicPartition(self._changelog, work.partition)
        states = _state_batches(producer, work.states)
        *_, last = await asyncio.gather(*sends, _send_all(producer, changelog, states))
        return last

    def _target(self, outgoing: Outgoing, partition: int) -> int:
        """Find the partition: as said, else as the default partitioner would by the key."""
        if outgoing.partition is not None:
            return outgoing.partition
        count = self._counts[outgoing.topic]
        return partition % count if outgoing.key is None else partition_of(outgoing.key, count)

    def _offsets(self, work: Work) -> dict[TopicPartition, OffsetAndMetadata]:
        return {
            TopicPartition(source, work.partition): OffsetAndMetadata(offset, work.metadata)
            for source, offset in work.offsets.items()
        }

    def _new(self, number: int) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **self._bootstrap.client_settings(),
            transactional_id=f"{self._app_id}-{number}",
            transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
            max_batch_size=BATCH_BYTES,
        )

    async def _stop(self, numbers: Iterable[int]) -> None:
        stopping = [self._producers.pop(number) for number in list(numbers)]
        await asyncio.gather(*(producer.stop() for producer in stopping))


async def _send_all(
    producer: AIOKafkaProducer, tp: TopicPartition, batches: Iterable[BatchBuilder]
) -> int | None:
    """Send batches to one partition, in order; give the last offset, or None without any."""
    answers = []
    size = 0
    for batch in batches:
        size = batch.record_count()
        answers.append(await producer.send_batch(batch, tp.topic, partition=tp.partition))
    offsets = [answer.offset for answer in await asyncio.gather(*answers)]
    return offsets[-1] + size - 1 if offsets else None


def _batches(producer: AIOKafkaProducer, queue: Sequence[Outgoing]) -> list[BatchBuilder]:
    batches = [producer.create_batch()]
    for out in queue:
        if not _append(batches[-1], out):
            batches.append(producer.create_batch())
            _append(batches[-1], out)
    return batches


def _append(batch: BatchBuilder, out: Outgoing) -> bool:
    """Add a message; say whether there was room for it."""
    headers = list(out.headers)  # aiokafka takes no other sequence
    added = batch.append(timestamp=out.timestamp, key=out.key, value=out.value, headers=headers)
    return added is not None


def _state_batches(
    producer: AIOKafkaProducer, states: dict[bytes, bytes | None]
) -> list[BatchBuilder]:
    batches: list[BatchBuilder] = []
    for key, state in states.items():
        if not batches or batches[-1].append(timestamp=None, key=key, value=state) is None:
            batches.append(producer.create_batch())
            batches[-1].append(timestamp=None, key=key, value=state)
    return batches

"""Where the source topics end, asked aside from the reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from topics.connection import Connection

_log = structlog.get_logger("touchstone.detector")


class Ends:
    """A consumer without a group: the reading one answers only after its long poll.

    Gives high watermarks, not last stable offsets: what an open transaction of a producer
    holds has arrived, and the clock must wait for it.
    """

    def __init__(self, bootstrap: Connection) -> None:
        self._consumer = AIOKafkaConsumer(**bootstrap.client_settings())

    async def start(self) -> None:
        """Connect. Raises KafkaError."""
        await self._consumer.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._consumer.stop()

    async def of(
        self, topics: Iterable[str], partitions: Iterable[int]
    ) -> Mapping[TopicPartition, int]:
        """Give the ends of all these partitions of all these topics; none when nobody answers."""
        numbers = tuple(partitions)
        tps = [TopicPartition(topic, number) for topic in topics for number in numbers]
        if not tps:
            return {}
        try:
            ends: Mapping[TopicPartition, int] = await self._consumer.end_offsets(tps)
        except KafkaError as error:
            # The clock stands meanwhile, which is safe; a broker that is gone shows in the flush.
            _log.warning("ends_unknown", error=repr(error))
            return {}
        return ends

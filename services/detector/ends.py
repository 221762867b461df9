"""Where the topics end and what is committed of them, asked aside from the reading."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.detector.forwarding import Commits, Offsets, forward_clock
from services.detector.records import Committed
from topics.connection import Connection
from topics.contracts import REKEYED, SOURCES
from topics.groups import committed

_log = structlog.get_logger("touchstone.detector")


class Seen(msgspec.Struct, frozen=True):
    """Where topics ended: all that arrived up to the instant asked for lies before.

    All that has to be forwarded up to `forwarded` (ms) lies before the ends of `events.rekeyed`;
    None where nothing is known of that.
    """

    ends: Offsets
    forwarded: int | None


class Ends:
    """Clients without a group: the reading one answers only after its long poll.

    Gives high watermarks, not last stable offsets: what an open transaction holds has arrived,
    and the clock must wait for it.
    """

    def __init__(self, bootstrap: Connection, group: str) -> None:
        self._group = group
        self._consumer = AIOKafkaConsumer(**bootstrap.client_settings())
        self._admin = AIOKafkaAdminClient(**bootstrap.client_settings())

    async def start(self) -> None:
        """Connect. Raises KafkaError."""
        await self._consumer.start()
        await self._admin.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._consumer.stop()
        await self._admin.close()

    async def look(
        self, numbers: Collection[int], owned: Collection[int], instant: int | None
    ) -> Seen | None:
        """Ask, in the order that `forwarding` wants; None when nobody answers.

        `numbers` are all partition numbers, `owned` those whose ends are wanted. `instant` (ms)
        is one before this call, None in a history.
        """
        try:
            ends = await self._ends(SOURCES, numbers)
            forwarded = forward_clock(numbers, ends, await self._committed(), instant)
            return Seen({**ends, **await self._ends([REKEYED], owned)}, forwarded)
        except KafkaError as error:
            # The clock stands meanwhile, which is safe; a broker that is gone shows in the flush.
            _log.warning("ends_unknown", error=repr(error))
            return None

    async def end_of(self, place: TopicPartition) -> int | None:
        """Ask where one partition ends; None when nobody answers."""
        try:
            end: int = (await self._consumer.end_offsets([place]))[place]
        except KafkaError as error:
            _log.warning("ends_unknown", error=repr(error))
            return None
        return end

    async def _ends(self, topics: Iterable[str], numbers: Iterable[int]) -> Offsets:
        places = [TopicPartition(topic, number) for number in numbers for topic in topics]
        found: Offsets = await self._consumer.end_offsets(places)
        return found

    async def _committed(self) -> Commits:
        found = await committed(self._admin, self._group)
        return {place: Committed(one.offset, one.metadata) for place, one in found.items()}

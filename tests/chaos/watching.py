"""A reader that sees transitions as they are committed, and when: how long was it silent?"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.chaos.load import PARTITIONS
from topics.contracts import TRANSITIONS
from topics.partition import partition_of


class Watcher:
    """Follows the topic `transitions` in read_committed. Times are monotonic seconds."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._seen: dict[int, list[float]] = {number: [] for number in range(PARTITIONS)}

    async def watch(self) -> None:
        """Watch until cancelled."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
        )
        await consumer.start()
        try:
            consumer.assign([TopicPartition(TRANSITIONS, number) for number in self._seen])
            while True:
                found = await consumer.getmany(timeout_ms=1_000)
                now = time.monotonic()
                for record in itertools.chain(*found.values()):
                    self._seen[_home(record.key)].append(now)
        finally:
            await consumer.stop()

    def count(self) -> int:
        return sum(map(len, self._seen.values()))

    async def heard_from_all(self, since: float, within_s: float = 120.0) -> None:
        """Wait until every partition has said something after an instant."""
        async with asyncio.timeout(within_s):
            while not all(  # noqa: ASYNC110
                times and times[-1] > since for times in self._seen.values()
            ):
                await asyncio.sleep(0.05)

    def silences(self, began: float, ended: float) -> tuple[float, float]:
        """Give the longest time without output between two instants.

        That of one partition, the one silent for longest, and that of all together.
        """
        one = max(longest(times, began, ended) for times in self._seen.values())
        return one, longest(sorted(itertools.chain(*self._seen.values())), began, ended)


def _home(subject: bytes) -> int:
    """Give the partition number whose owner said something of a subject.

    Transitions are keyed by the typed subject and lie in a partition of their own.
    """
    return partition_of(subject.partition(b":")[2], PARTITIONS)


def longest(times: Iterable[float], began: float, ended: float) -> float:
    """Give the longest pause that overlaps the span, from the last word before to the first after.

    A pause that begins or ends outside the span counts whole: the load goes on around it.
    """
    return max(
        (b - a for a, b in itertools.pairwise(times) if b > began and a < ended), default=0.0
    )

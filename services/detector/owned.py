"""The partitions that a worker owns at the moment."""

from __future__ import annotations

import asyncio
from typing import Final

from services.detector.partition import Partition

_FOR_EVER: Final = 2**63 - 1


class Owned:
    """What the one who folds, the one who flushes and the one who ticks have in common.

    Nothing is folded unless `is_open`. `wanted` is set where there is something to flush, `urgent`
    where somebody waits for it. No clock may pass `until` (ms): the models that are in force up to
    there are known (see Learner).
    """

    def __init__(self) -> None:
        self.by_number: dict[int, Partition] = {}
        self.is_open = False
        self.until = _FOR_EVER
        self.wanted = asyncio.Event()
        self.urgent = asyncio.Event()

    def want(self, partition: Partition) -> None:
        """Let a partition be flushed: soon, and sooner if it has messages for others."""
        self.wanted.set()
        if partition.has_messages:
            self.urgent.set()

    def all(self) -> list[Partition]:
        """Give the partitions of this moment."""
        return list(self.by_number.values())

    def has(self, partition: Partition) -> bool:
        """Say whether this very one is still owned: a number may come back as another."""
        return self.by_number.get(partition.number) is partition

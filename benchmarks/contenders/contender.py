"""What every contender must be able to say of itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

import msgspec

from benchmarks.cluster import Cluster
from benchmarks.workload import Workload, funnel

Size = Literal["many", "few"]
"""Which of the two amounts of events a contender is given: by how fast it is."""


class Run(msgspec.Struct, frozen=True):
    """One measurement: a group of its own, a directory of its own, a topic for what is written."""

    bootstrap: str
    group: str
    directory: Path
    topics: tuple[str, ...]
    output: str

    @property
    def log(self) -> Path:
        """Where the worker's output goes."""
        return self.directory / "worker.log"


class Words(msgspec.Struct):
    """What is counted of a peer's output: which step of the funnel it is."""

    step: str


class Contender(ABC):
    """A framework with the two-line job, as it is compared."""

    name: ClassVar[str]
    title: ClassVar[str]
    size: ClassVar[Size] = "many"
    group: ClassVar[str | None] = None
    """The name of its consumer group, where it has not one of its own each time."""

    def prepare(self) -> str | None:
        """Make what is needed before the first run; give a reason where it cannot be measured."""
        return None

    @abstractmethod
    def version(self) -> str:
        """Give name and version of what is measured."""

    @abstractmethod
    def command(self, run: Run) -> list[str]:
        """Give the command that starts one worker; SIGTERM stops it."""

    async def settle(  # noqa: B027 - most have nothing to wait for
        self, run: Run, cluster: Cluster, workload: Workload
    ) -> None:
        """Wait for what is still to be written when all is read; for most there is nothing."""

    async def fault(self, run: Run, cluster: Cluster, workload: Workload) -> str | None:
        """Say what is wrong with what was written; None where it is what the events say."""
        found: Counter[str] = Counter()
        decoder = msgspec.json.Decoder(Words)
        async for value in cluster.read(run.output):
            found[decoder.decode(value).step] += 1
        return difference(found, funnel(workload.steps, None), workload.copies)


def difference(found: Counter[str], expected: Mapping[str, int], copies: int) -> str | None:
    """Compare what was written with what one copy of the events says; None where it agrees."""
    wanted = Counter({word: count * copies for word, count in expected.items() if count})
    if found == wanted:
        return None
    words = sorted(word for word in found | wanted if found[word] != wanted[word])
    return "; ".join(f"{word}: {found[word]:,} instead of {wanted[word]:,}" for word in words)

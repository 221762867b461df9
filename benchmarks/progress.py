"""How fast a worker comes on: from what its group has committed, the same for every contender."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil

from benchmarks.cluster import Cluster

_LOOK_EVERY_S = 0.05
_SILENT_FOR_S = 120.0


class StuckError(Exception):
    """A worker that ended, or that commits nothing more."""


class Sample(msgspec.Struct, frozen=True):
    """What was committed at an instant (s), and the processor's time (s) the worker had taken."""

    at: float
    committed: int
    cpu: float


class Pace(msgspec.Struct, frozen=True):
    """What was measured of one run."""

    rate: float
    """Records a second."""
    cpu_us: float
    """Processor's time a record, µs, of all the worker's threads."""
    seconds: float
    """How long was measured."""
    start_s: float
    """From the start of the process to its first commit."""


async def follow(cluster: Cluster, group: str, topics: Sequence[str], pid: int) -> Pace:
    """Watch a worker until all of the topics is committed. Raises StuckError."""
    end = await cluster.end(topics)
    process = psutil.Process(pid)
    began = time.monotonic()
    samples: list[Sample] = []
    seen, changed = 0, began
    while seen < end:
        now = time.monotonic()
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            raise StuckError("the worker ended by itself")
        if now - changed > _SILENT_FOR_S:
            raise StuckError(f"nothing committed for {_SILENT_FOR_S:.0f} s, {seen:,} of {end:,}")
        committed = await cluster.committed(group, topics)
        if committed > seen:
            seen, changed = committed, now
            samples.append(Sample(now, committed, cpu_of(process)))
        await asyncio.sleep(_LOOK_EVERY_S)
    return pace(samples, began)


def pace(samples: Sequence[Sample], began: float) -> Pace:
    """Measure from the first commit to the last.

    The commit that reaches the end counts only where there was but one before: a worker that
    commits every few seconds has done with the topic somewhere between the last two.
    """
    first, last = samples[0], samples[-2] if len(samples) > 2 else samples[-1]  # noqa: PLR2004
    records, seconds = last.committed - first.committed, last.at - first.at
    if not records:
        raise StuckError("all was committed at once; expected more events")
    return Pace(
        records / seconds,
        (last.cpu - first.cpu) / records * 1e6,
        seconds,
        first.at - began,
    )


def cpu_of(process: psutil.Process) -> float:
    """Give the processor's time (s) that a process and its children have taken."""
    return sum(
        times.user + times.system
        for times in (one.cpu_times() for one in (process, *process.children(recursive=True)))
    )


def tail(log: Path, lines: int = 12) -> str:
    """Give the last lines of a worker's log."""
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])

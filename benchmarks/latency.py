"""How long it takes from an event to its transition in the hands of a reader of committed messages.

Events happen as they are sent, at a steady rate, to a deployment on the wall clock. The transition
of an event bears its time: the latency is from there to when the reader has it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import msgspec
import psutil
from aiokafka import AIOKafkaConsumer

from benchmarks.cluster import Cluster
from benchmarks.progress import cpu_of, tail
from benchmarks.waiting import until
from benchmarks.workload import Workload
from journey.instant import format_instant, parse_instant
from topics.contracts import TRANSITIONS
from touchstone.local.child import Child
from touchstone.local.watchdog import Watchdog
from touchstone.producing import Sender, connected

_WARM_S = 5.0
_TICK_S = 0.002
_READY_WITHIN_S = 30.0
_LAST_WITHIN_S = 2.0


class Setting(msgspec.Struct, frozen=True):
    """What is measured: under which models, by name, and how many events a second."""

    name: str
    rate: int


class Latency(msgspec.Struct, frozen=True):
    """What was measured; latencies in ms, `cpu` in cores."""

    setting: Setting
    transitions: int
    p50_ms: float
    p99_ms: float
    sent_per_s: float
    cpu: float


class _Word(msgspec.Struct):
    at: str
    evidence: list[_Evidence]


class _Evidence(msgspec.Struct):
    at: str


async def measure(
    cluster: Cluster,
    setting: Setting,
    models: Sequence[str],
    workload: Workload,
    seconds: float,
    watchdog: Watchdog,
) -> Latency | str:
    """Measure one setting for some seconds; gives a sentence where it could not keep up.

    `models` are names or files, none for all that are shipped.
    """
    await cluster.clear(sources_too=True)
    with tempfile.TemporaryDirectory(prefix="touchstone-latency-") as directory:
        log = Path(directory) / "worker.log"
        worker = ["-m", "benchmarks.worker", cluster.bootstrap, directory]
        child = Child("latency", [sys.executable, *worker, *models], log, watchdog)
        try:
            await _opened(log)
            async with connected(cluster.connection) as sender, _reader(cluster) as consumer:
                return await _measured(setting, workload, seconds, sender, consumer, child.pid)
        except TimeoutError as late:
            return f"{late}:\n{tail(log)}"
        finally:
            child.stop(30)
            watchdog.forget(child.pid)


async def _measured(
    setting: Setting,
    workload: Workload,
    seconds: float,
    sender: Sender,
    consumer: AIOKafkaConsumer,
    pid: int,
) -> Latency | str:
    found: list[tuple[int, float]] = []
    reading = asyncio.create_task(_read(consumer, found))
    events = _events(workload)
    await _send(sender, events, setting.rate, _WARM_S)
    process, began = psutil.Process(pid), time.time()
    spent = cpu_of(process)
    sent = await _send(sender, events, setting.rate, seconds)
    took, spent = time.time() - began, cpu_of(process) - spent
    await asyncio.sleep(_LAST_WITHIN_S)
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading
    until = (began + seconds) * 1000
    measured = sorted(late for at, late in found if began * 1000 <= at < until)
    if not measured or max(at for at, _ in found) < until - 1000 * _LAST_WITHIN_S:
        return f"did not keep up: {len(measured):,} transitions of {sent:,} events came"
    return Latency(
        setting, len(measured), _at(measured, 0.5), _at(measured, 0.99), sent / took, spent / took
    )


async def _send(
    sender: Sender, events: Iterator[tuple[str, str, bytes]], rate: int, seconds: float
) -> int:
    """Send events at a steady rate, each with the instant of its sending."""
    began, sent = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        now = time.time_ns() // 1_000_000
        stamp = format_instant(now).encode()
        while sent < passed * rate:
            topic, user, value = next(events)
            await sender.partitions(topic)
            await sender.event(topic, user.encode(), value.replace(b"%t", stamp), now)
            sent += 1
        sender.push()
        await asyncio.sleep(_TICK_S)
    await sender.flush()
    return sent


async def _read(consumer: AIOKafkaConsumer, found: list[tuple[int, float]]) -> None:
    """Note of every transition that an event of now has caused when it was and how late it came."""
    decode = msgspec.json.Decoder(_Word).decode
    async for record in consumer:
        now = time.time_ns() / 1e6
        word = decode(record.value)
        if word.evidence and word.evidence[-1].at == word.at:
            at = parse_instant(word.at)
            found.append((at, now - at))


def _events(workload: Workload) -> Iterator[tuple[str, str, bytes]]:
    """Give topic, customer and value of events without end, with %t for their time."""
    for _, topic, user, value in workload.in_turn():
        begin = value.index(b'"timestamp":"') + len(b'"timestamp":"')
        yield topic, user, value[:begin] + b"%t" + value[value.index(b'"', begin) :]


@contextlib.asynccontextmanager
async def _reader(cluster: Cluster) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        TRANSITIONS, bootstrap_servers=cluster.bootstrap, isolation_level="read_committed"
    )
    async with consumer:
        yield consumer


async def _opened(log: Path) -> None:
    async def is_open() -> bool:
        return "partitions_opened" in await asyncio.to_thread(log.read_text, "utf-8")

    await until(is_open, _READY_WITHIN_S, "partitions opened")


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

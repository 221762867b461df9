"""How long a worker takes to recover its journeys, and the memory it needs for them.

`python -m benchmarks.recovery` writes states of about 300 bytes onto the changelog of a broker of
its own, then starts workers: with either store from the broker alone, and from a copy on disk
that a worker left behind by stopping, and by being killed. Prints a table; asserts nothing.
"""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.error import URLError

import click
import msgspec
import psutil
from aiokafka import AIOKafkaProducer
from rich.console import Console
from rich.table import Table

from journey.instant import DAY
from services.detector.state import Header, pack
from tests.conftest import running_kafka
from tests.detector.deployment import commit_offsets
from topics import broker
from topics.connection import Connection
from topics.contracts import CHANGELOG
from touchstone.local import ports

_PARTITIONS: Final = 4
_BYTES: Final = 300
_LONGEST_S: Final = 300.0


class Start(msgspec.Struct, frozen=True):
    """One start: from being given partitions to folding, from the beginning, and its memory."""

    recovery_s: float
    start_s: float
    resident_mb: float
    cpu_s: float


def measure(journeys: int = 1_000_000) -> dict[str, Start]:
    """Give what each way to start a worker took, by its name."""
    with running_kafka() as bootstrap, tempfile.TemporaryDirectory() as directory:
        asyncio.run(_fill(Connection(bootstrap), journeys))
        home = Path(directory)
        return {
            "memory, from the broker": _start(bootstrap, home / "a", "memory", signal.SIGTERM),
            "disk, from the broker": _start(bootstrap, home / "b", "disk", signal.SIGTERM),
            "disk, after a stop": _start(bootstrap, home / "b", "disk", signal.SIGKILL),
            "disk, after a kill": _start(bootstrap, home / "b", "disk", signal.SIGTERM),
            "disk, from the broker, killed": _start(bootstrap, home / "c", "disk", signal.SIGKILL),
            "disk, after that": _start(bootstrap, home / "c", "disk", signal.SIGTERM),
        }


async def _fill(bootstrap: Connection, journeys: int) -> None:
    await broker.ensure(bootstrap, "wall", _PARTITIONS)
    producer = AIOKafkaProducer(**bootstrap.client_settings(), max_batch_size=512 * 1024)
    await producer.start()
    for number in range(_PARTITIONS):
        batch = producer.create_batch()
        for key, state in _states(number, journeys):
            if batch.append(key=key, value=state, timestamp=None) is None:
                await producer.send_batch(batch, CHANGELOG, partition=number)
                batch = producer.create_batch()
                batch.append(key=key, value=state, timestamp=None)
        await producer.send_batch(batch, CHANGELOG, partition=number)
    await producer.flush()
    await producer.stop()
    await commit_offsets(bootstrap, _PARTITIONS)


def _states(partition: int, journeys: int) -> Iterator[tuple[bytes, bytes]]:
    """Give the states of one partition, in no order, due within the next year."""
    rng = random.Random(partition)  # noqa: S311 - a benchmark, not a secret
    mine = list(range(partition, journeys, _PARTITIONS))
    rng.shuffle(mine)
    now = time.time_ns() // 1_000_000
    for number in mine:
        due = now + DAY + rng.randrange(365 * DAY)
        body = rng.randbytes(_BYTES // 2) + bytes(_BYTES // 2 - 12)
        yield b"person:customer-%08d" % number, pack(Header(due, 0), body)


def _start(bootstrap: str, directory: Path, store: str, ends_by: signal.Signals) -> Start:
    [port], log = ports.choose_free(1), directory.with_suffix(".log")
    options = ("--broker", bootstrap, "--data-dir", str(directory), "--store", store)
    argv = [sys.executable, "-m", "touchstone", "detector", *options]
    began = time.time()
    with log.open("wb") as output:
        worker = subprocess.Popen(  # noqa: S603 - our own command
            [*argv, "--models", "four-moments", "--http-port", str(port)],
            stdout=output,
            stderr=output,
        )
    try:
        _wait_ready(worker, port, log)
        ready, process = time.time(), psutil.Process(worker.pid)
        resident, cpu = process.memory_info().rss / 2**20, process.cpu_times()
        recovery = _between(log, "partitions_assigned", "partitions_opened")
        return Start(recovery, ready - began, resident, cpu.user + cpu.system)
    finally:
        worker.send_signal(ends_by)
        worker.wait()


def _wait_ready(worker: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _LONGEST_S
    while time.monotonic() < deadline and worker.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"the worker did not become ready: {log.read_text()[-2000:]}")


def _between(log: Path, first: str, second: str) -> float:
    """Give the seconds between two things that the worker has logged."""
    said = [msgspec.json.decode(line) for line in log.read_bytes().splitlines() if line[:1] == b"{"]
    at = {one["event"]: datetime.fromisoformat(one["timestamp"]) for one in said}
    return (at[second] - at[first]).total_seconds()


@click.command()
@click.option("--journeys", default=1_000_000, show_default=True)
def main(journeys: int) -> None:
    """Measure how workers recover."""
    table = Table("store", "recovery, s", "from its start, s", "resident, MB", "processor, s")
    for name, one in measure(journeys).items():
        took = f"{one.recovery_s:.1f}", f"{one.start_s:.1f}"
        table.add_row(name, *took, f"{one.resident_mb:,.0f}", f"{one.cpu_s:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()

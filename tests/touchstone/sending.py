"""What the tests of `send` share: brokers with topics, files of events, what is in the topics."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from journey.instant import format_instant, parse_instant
from tests.conftest import running_kafka
from topics import broker as topics_broker
from topics.connection import Connection
from topics.contracts import SOURCES, Clock
from touchstone.reading import Record, reading

LONG_AGO = parse_instant("2015-05-03T06:00:00Z")


@contextmanager
def broker_with_topics(clock: Clock) -> Iterator[str]:
    with running_kafka() as bootstrap:
        asyncio.run(topics_broker.ensure(Connection(bootstrap), clock))
        yield bootstrap


def event(number: int, at: int, name: str = "Product Viewed", **more: Any) -> dict[str, Any]:
    return {
        "messageId": f"m{number}",
        "type": "track",
        "event": name,
        "userId": f"u{number % 7}",
        "timestamp": format_instant(at),
        **more,
    }


def write(path: Path, events: Sequence[dict[str, Any]]) -> str:
    data = b"".join(orjson.dumps(one) + b"\n" for one in events)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)


def argv(bootstrap: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "touchstone", "send", *arguments, "--broker", bootstrap]


def send(bootstrap: str, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        argv(bootstrap, *arguments), input=stdin, capture_output=True, timeout=120, check=False
    )


async def read(bootstrap: str, topics: Sequence[str] = SOURCES) -> list[Record]:
    async with reading(Connection(bootstrap)) as reader:
        return [record for topic in topics async for record in reader.topic(topic)]


def held(bootstrap: str) -> list[Record]:
    """Read all that the source topics hold, where no event loop runs."""
    return asyncio.run(read(bootstrap))


def ids(records: Sequence[Record]) -> list[str]:
    """Give the ids of the events, without the marks."""
    return [orjson.loads(record.value)["messageId"] for record in records if record.value]


def now() -> int:
    return time.time_ns() // 1_000_000

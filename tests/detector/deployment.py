"""A deployment on a broker, as tests drive it: workers in processes, events in, words out."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError, URLError

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.structs import ConsumerRecord, OffsetAndMetadata

from services.detector.clock import parse_published
from tests.detector.worker import ROOT, Order
from topics import broker
from topics.connection import Connection
from topics.contracts import CHANGELOG, GROUP, READ, Clock
from topics.envelope import routing_key, topic_for
from topics.partition import partition_of

PARTITIONS = 4


class Worker:
    """One detector process."""

    def __init__(
        self, order: Order, log: Path, *more: str, environment: Mapping[str, str] | None = None
    ) -> None:
        module = "tests.detector.crashing_worker" if more else "tests.detector.worker"
        self.order = order
        self.port = order.http_port
        self._log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, msgspec.json.encode(order).decode(), *more],
                cwd=ROOT,
                stdout=output,
                stderr=output,
                env={**os.environ, **(environment or {})},
            )

    def log(self) -> str:
        return self._log.read_text()

    def is_ready(self) -> bool:
        return self.get("/readyz") is not None

    def metric(self, name: str) -> float:
        """Give a metric, all its labels taken together."""
        found = re.findall(rf"^{name}(?:{{.*}})? (\S+)$", self.get("/metrics") or "", re.MULTILINE)
        return sum(map(float, found))

    def get(self, path: str) -> str | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2) as got:
                return str(got.read(), "utf-8")
        except (HTTPError, URLError, ConnectionError, TimeoutError):
            return None

    async def ready(self, within_s: float = 90.0) -> Worker:
        deadline = time.monotonic() + within_s
        while not await asyncio.to_thread(self.is_ready):
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            await asyncio.sleep(0.1)
        return self

    async def ended(self, within_s: float = 90.0) -> int:
        return await asyncio.to_thread(self.process.wait, within_s)

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return await self.ended()

    async def kill(self) -> int:
        return await self.stop(signal.SIGKILL)


class Deployment:
    """Topics on one broker, the workers of a test, and a producer."""

    def __init__(self, bootstrap: str, directory: Path, clock: Clock = "wall") -> None:
        self.bootstrap = bootstrap
        self.directory = directory
        self.clock = clock
        self.workers: list[Worker] = []

    async def __aenter__(self) -> Self:
        await broker.ensure(Connection(self.bootstrap), self.clock, PARTITIONS)
        self.producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, linger_ms=5)
        await self.producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.producer.stop()
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.process.kill()
                worker.process.wait()

    def start(self, *crash: str, of: int | None = None, **wanted: Any) -> Worker:
        """Start a worker; `of` is the number of an earlier one whose directory it takes over."""
        number = len(self.workers)
        order = Order(
            bootstrap=self.bootstrap,
            data_dir=str(self.directory / f"worker-{number if of is None else of}"),
            http_port=free_port(),
            clock=self.clock,
            **wanted,
        )
        worker = Worker(order, self.directory / f"worker-{number}.log", *crash)
        self.workers.append(worker)
        return worker

    async def send(self, events: Iterable[dict[str, Any]]) -> None:
        for event in events:
            await self.producer.send(
                topic_for(event), json.dumps(event).encode(), key=routing_key(event)
            )

    async def send_elsewhere(self, events: Iterable[dict[str, Any]]) -> None:
        """Send each event to a partition beside its customer's."""
        for event in events:
            topic, value, key = topic_for(event), json.dumps(event).encode(), routing_key(event)
            wrong = (partition_of(key, PARTITIONS) + 1) % PARTITIONS
            await self.producer.send(topic, value, key=key, partition=wrong)

    async def read(self, topic: str) -> list[ConsumerRecord]:
        """Read all of a topic that is committed."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap, isolation_level="read_committed"
        )
        await consumer.start()
        try:
            tps = [TopicPartition(topic, number) for number in range(PARTITIONS)]
            consumer.assign(tps)
            await consumer.seek_to_beginning(*tps)
            ends = await consumer.end_offsets(tps)
            records: list[ConsumerRecord] = []
            while any([await consumer.position(tp) < ends[tp] for tp in tps]):
                got = await consumer.getmany(*tps, timeout_ms=200)
                records += [record for part in got.values() for record in part]
            return records
        finally:
            await consumer.stop()

    async def clocks(self) -> dict[int, int]:
        """Give the committed clock of each partition number."""
        offsets = await self._committed()
        texts: dict[int, list[str]] = {}
        for tp, commit in offsets.items():
            texts.setdefault(tp.partition, []).append(commit.metadata)
        return {number: parse_published(said).clock or 0 for number, said in texts.items()}

    async def caught_up(self, within_s: float = 150.0) -> None:
        """Wait until all that was sent is committed, and the clock is past it."""
        await self.producer.flush()
        sent = time.time_ns() // 1_000_000
        deadline = time.monotonic() + within_s
        while await self._behind():
            assert time.monotonic() < deadline, self.workers[-1].log()[-3000:]
            await asyncio.sleep(0.2)
        if self.clock == "wall":
            await self.clocks_passed(sent)

    async def clocks_passed(self, instant: int, within_s: float = 150.0) -> None:
        """Wait until the committed clock of every number is past the instant (ms)."""
        deadline = time.monotonic() + within_s
        while min((await self.clocks()).values(), default=0) <= instant:
            assert time.monotonic() < deadline, self.workers[-1].log()[-3000:]
            await asyncio.sleep(0.2)

    async def _behind(self) -> int:
        committed = await self._committed()
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap)
        await consumer.start()
        tps = [TopicPartition(topic, number) for topic in READ for number in range(PARTITIONS)]
        ends = await consumer.end_offsets(tps)
        await consumer.stop()
        return sum(
            end - (committed[tp].offset if tp in committed else 0) for tp, end in ends.items()
        )

    async def _committed(self) -> dict[TopicPartition, Any]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            found: dict[TopicPartition, Any]
            found = await admin.list_consumer_group_offsets("touchstone")
        except GroupCoordinatorNotAvailableError:
            return {}  # a fresh broker has none before the first worker asks for one
        finally:
            await admin.close()
        return {tp: one for tp, one in found.items() if tp.topic != CHANGELOG and one.offset >= 0}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def commit_offsets(bootstrap: Connection, partitions: int) -> None:
    """Commit that nothing was folded yet, as must be where states are written by hand."""
    consumer = AIOKafkaConsumer(**bootstrap.client_settings(), group_id=GROUP)
    await consumer.start()
    places = [TopicPartition(topic, number) for topic in READ for number in range(partitions)]
    consumer.assign(places)
    await consumer.commit({place: OffsetAndMetadata(0, "{}") for place in places})
    await consumer.stop()

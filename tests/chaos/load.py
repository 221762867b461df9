"""A steady load that is anything but orderly, and the journal of what the broker took.

Events are late by up to hours, come again, come again with another stamp, and some promises
are kept in time, some too late, some in time but told late, some never.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec
import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.structs import RecordMetadata

from journey.instant import format_instant
from topics.envelope import routing_key, topic_for
from topics.partition import partition_of

WITHIN_MS: Final = 3_000
"""The deadline of promises.yaml."""

PARTITIONS: Final = 4
_HOURS_MS = 6 * 3_600_000
_AGAIN_WITHIN_MS = 4_000
_TURN_S = 0.01
_MOST_A_TURN = 100
_END_WITHIN_S = 20.0
_LAST = 1 << 62


class Sent(msgspec.Struct, frozen=True):
    """One event as the broker took it: `stamp` is its arrival there, ms."""

    topic: str
    partition: int
    offset: int
    stamp: int
    event: dict[str, Any]


class Mix(msgspec.Struct, frozen=True):
    """How much of what; shares are of all events, `rate` is events a second."""

    rate: float = 120.0
    customers: int = 400
    promises: float = 0.3
    again: float = 0.05
    restamped: float = 0.02
    misrouted: float = 0.0


@dataclass(order=True)
class _Waiting:
    at: int
    order: int
    event: dict[str, Any] = field(compare=False)


class Load:
    """Produces at the rate of the mix times `pressure`; what was taken is in `journal`."""

    def __init__(
        self,
        bootstrap: str,
        mix: Mix,
        supply: Iterator[dict[str, Any]],
        chance: Random,
        pressure: Callable[[], float],
    ) -> None:
        self._bootstrap = bootstrap
        self._mix = mix
        self._supply = supply
        self._chance = chance
        self._pressure = pressure
        self._waiting: list[_Waiting] = []
        self._number = 0
        self._under_way: set[asyncio.Task[None]] = set()
        self.journal: list[Sent] = []

    async def start(self) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,  # so that it tries for ever, and the journal is the log
            request_timeout_ms=150_000,
            linger_ms=5,
        )
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect, from a broker that may be away."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_WITHIN_S):
                await self._producer.stop()

    async def run(self, until: asyncio.Event) -> None:
        """Send at the rate until told, then at once what still waits; wait until it is taken."""
        last, wanted = time.monotonic(), 0.0
        while not until.is_set():
            now = time.monotonic()
            wanted += (now - last) * self._mix.rate * self._pressure()
            last = now
            for _ in range(min(int(wanted), _MOST_A_TURN)):
                self._draw()
            wanted %= 1  # a turn that was late is not made up for
            await self._send(now_ms())
            await asyncio.sleep(_TURN_S)
        await self._send(_LAST)
        await asyncio.gather(*self._under_way)

    def write(self, path: Path) -> None:
        """Write the journal as a file that `touchstone replay` reads."""
        with path.open("wb") as out:
            for sent in self.journal:
                line = sent.event | {"receivedAt": format_instant(sent.stamp)}
                out.write(orjson.dumps(line) + b"\n")

    def _draw(self) -> None:
        now = now_ms()
        if self._chance.random() < self._mix.promises:
            self._promise(now)
        else:
            self._ordinary(now)

    def _ordinary(self, now: int) -> None:
        kind = self._chance.random()
        late = 0
        if kind < 0.15:
            late = self._chance.randrange(10_000, _HOURS_MS)
        elif kind < 0.4:
            late = self._chance.randrange(10_000)
        event = {**next(self._supply), "messageId": self._id("m")}
        event["timestamp"] = format_instant(now - late)
        self._put(now, event)
        if self._chance.random() < self._mix.restamped:
            other = now - late - self._chance.randrange(1, 3_600_000)
            copy = {**event, "timestamp": format_instant(other)}
            self._put(now + self._chance.randrange(_AGAIN_WITHIN_MS), copy)

    def _promise(self, now: int) -> None:
        """Ask for a return, and have it refunded in one of five ways or never."""
        draw = self._chance.random
        who = f"u{self._chance.randrange(self._mix.customers)}"
        about = {"return_id": self._id("r"), "total": self._chance.randrange(1, 500)}
        asked = now - int(draw() * 200)
        due = asked + WITHIN_MS
        self._put(now, self._track("Return Requested", who, asked, about))
        how = draw()
        if how < 0.45:  # in time, told at once
            told = t = now + int(draw() * 0.8 * WITHIN_MS)
        elif how < 0.6:  # at the last moment, told before it: its time waits for the clock
            told, t = due - 300 - int(draw() * 1_500), due - int(draw() * 3)
        elif how < 0.7:  # in time, told late
            told, t = due + int(draw() * 4_000), asked + int(draw() * WITHIN_MS)
        elif how < 0.8:  # too late
            told = t = due + 1 + int(draw() * 2_000)
        elif how < 0.85:  # the refund is told before the request arrives
            told, t = now - 1, due - 1 - int(draw() * 1_000)
        else:
            return
        self._put(told, self._track("Order Refunded", who, t, about))

    def _track(self, name: str, who: str, t: int, about: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": self._id("p"),
            "type": "track",
            "event": name,
            "userId": who,
            "timestamp": format_instant(t),
            "properties": about,
        }

    def _id(self, kind: str) -> str:
        self._number += 1
        return f"{kind}-{self._number}"

    def _put(self, at: int, event: dict[str, Any]) -> None:
        self._number += 1
        heapq.heappush(self._waiting, _Waiting(at, self._number, event))
        if self._chance.random() < self._mix.again:
            self._put(at + self._chance.randrange(_AGAIN_WITHIN_MS), event)

    async def _send(self, until: int) -> None:
        while self._waiting and self._waiting[0].at <= until:
            event = heapq.heappop(self._waiting).event
            topic, key = topic_for(event), routing_key(event)
            partition = partition_of(key, PARTITIONS)
            if self._chance.random() < self._mix.misrouted:
                partition = (partition + self._chance.randrange(1, PARTITIONS)) % PARTITIONS
            value = orjson.dumps(event)
            sent = await self._producer.send(topic, value, key=key, partition=partition)
            task = asyncio.create_task(self._note(sent, event))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _note(self, sent: asyncio.Future[RecordMetadata], event: dict[str, Any]) -> None:
        took = await sent
        at = (took.topic, took.partition, took.offset, took.timestamp)
        self.journal.append(Sent(*at, event))


def now_ms() -> int:
    return time.time_ns() // 1_000_000

"""Versions that come into force while events flow: all workers alike, and what is open finishes."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from journey.engine import EngineSettings
from journey.instant import DAY, HOUR, MINUTE, SECOND, format_instant, parse_instant
from journey.language import parse_model
from journey.model import Model
from tests.conftest import running_kafka
from tests.detector.deployment import PARTITIONS, Deployment
from topics.activations import ModelRecord
from topics.connection import Connection
from topics.contracts import MODELS, SOURCES, TRANSITIONS
from topics.envelope import routing_key, topic_for
from topics.marks import mark_headers
from touchstone.activating import Version, activate
from touchstone.verify import verified

SKEW = 2 * SECOND
SETTINGS = EngineSettings(skew=SKEW)
OLD = """
model: cart
version: 1.0.0
title: A cart is bought in time
source: the tests
stages: [visiting]
signals:
  cart: {events: Product Added}
  order: {events: Order Completed}
moments:
  purchase:
    title: The purchase
    opens: {on: cart}
    met: {on: order, within: 9s}
    alert: {missed: {severity: info, title: A cart was left}}
"""
# What the new version opens by, the old one does not even read.
NEW = (
    OLD.replace("1.0.0", "1.1.0")
    .replace("{events: Product Added}", "{events: Product Added, where: {properties.color: red}}")
    .replace("9s", "3s")
)


@pytest.fixture
def fresh_kafka() -> Iterator[str]:
    """Give each test a broker of its own: a version is activated once."""
    with running_kafka() as bootstrap:
        yield bootstrap


class Shop:
    """Carts and orders of ever new customers, stamped around now: late, and ahead of time."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._count = 0
        self.carts: list[tuple[int, str]] = []

    def batch(self) -> Iterator[dict[str, Any]]:
        """Give what happens in one moment."""
        now = time.time_ns() // 1_000_000
        for _ in range(12):
            self._count += 1
            who = f"u{self._chance.randrange(400)}"
            # At most so far ahead that what is sent now is admitted when it arrives.
            t = now + self._chance.randrange(-4 * SECOND, SKEW - 200)
            name = self._chance.choice(["Product Added", "Product Added", "Order Completed"])
            color = self._chance.choice(["red", "blue"])
            yield {
                "messageId": f"m-{self._count}",
                "type": "track",
                "event": name,
                "userId": who,
                "timestamp": format_instant(t),
                "properties": {"color": color},
            }

    async def sell(self, deployment: Deployment, seconds: float) -> None:
        """Send for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await deployment.send(self.batch())
            await asyncio.sleep(0.05)


def models(folder: Path) -> tuple[str, Model]:
    """Give the path of the old version and the old version."""
    path = folder / "cart.yaml"
    path.write_text(OLD)
    return str(path), parse_model(OLD, "cart.yaml")


async def switch(deployment: Deployment, old: Model, after_ms: int) -> int:
    """Activate the new version so long from now; give its stamp."""
    at = time.time_ns() // 1_000_000 + after_ms
    wanted = Version(parse_model(NEW, "new.yaml"), NEW, at)
    said = await activate(Connection(deployment.bootstrap), wanted, [old], SETTINGS)
    assert said.startswith(f"cart 1.1.0 comes into force at {format_instant(at)}")
    return at


async def write_unsound(deployment: Deployment) -> str:
    """Write a version that comes too late for its stamp, past the command; give its key."""
    text = NEW.replace("1.1.0", "1.0.5")
    now = time.time_ns() // 1_000_000
    record = ModelRecord(
        model="cart",
        version="1.0.5",
        stamp=format_instant(now + SKEW),
        fingerprint=parse_model(text, "late.yaml").fingerprint,
        text=text,
        by="a test",
        written=format_instant(now - DAY),
    )
    await deployment.producer.send_and_wait(MODELS, record.encode(), record.key, partition=0)
    return record.key.decode()


async def passed(deployment: Deployment, instant: int, within_s: float = 150.0) -> None:
    """Wait until every clock has passed an instant."""
    deadline = time.monotonic() + within_s
    while True:
        clocks = await deployment.clocks()
        if len(clocks) == PARTITIONS and min(clocks.values()) > instant:
            return
        assert time.monotonic() < deadline, deployment.workers[-1].log()[-3000:]
        await asyncio.sleep(0.2)


async def require_agreement(deployment: Deployment, old: Model, stamp: int) -> None:
    """Hold what was said against the events, and the versions against the openings."""
    found = await verified(Connection(deployment.bootstrap), [old], settings=SETTINGS)
    assert found.clean, found.sentences[:5]
    assert found.pending == 0
    opened: dict[str, list[int]] = {"1.0.0": [], "1.1.0": []}
    finished: dict[str, list[int]] = {"1.0.0": [], "1.1.0": []}
    for record in await deployment.read(TRANSITIONS):
        word = msgspec.json.decode(record.value)
        if word["kind"] == "moment" and word["to"] != "retracted":
            kind = opened if word["to"] == "open" else finished
            kind[word["model_version"]].append(parse_instant(word["at"]))
    assert max(opened["1.0.0"]) < stamp <= min(opened["1.1.0"])
    assert max(finished["1.0.0"]) > stamp  # what was open finished by its own version


async def test_two_workers_switch_at_the_stamp_and_one_is_killed_meanwhile(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        path, old = models(tmp_path)
        wanted: dict[str, Any] = {"models": (path,), "skew": SKEW}
        first = await deployment.start(**wanted).ready()
        await deployment.start(**wanted).ready()
        selling = asyncio.create_task(Shop(1).sell(deployment, 30))
        await asyncio.sleep(4)
        unsound = await write_unsound(deployment)
        stamp = await switch(deployment, old, 2 * SKEW + 6 * SECOND)
        await asyncio.sleep(max(0.0, stamp / 1000 - time.time() - 0.5))
        await first.kill()
        await deployment.start(**wanted).ready()
        await selling
        await deployment.caught_up()
        await passed(deployment, time.time_ns() // 1_000_000 + SKEW)
        await require_agreement(deployment, old, stamp)
        for worker in deployment.workers:
            [line] = [one for one in worker.log().splitlines() if "activation_refused" in one]
            assert unsound in line


@pytest.mark.parametrize("sells_meanwhile", [True, False])
async def test_worker_that_cannot_read_the_topic_stands_before_what_it_does_not_know(
    fresh_kafka: str, tmp_path: Path, *, sells_meanwhile: bool
) -> None:
    """Without the bound on arrivals, or that on clocks, it would go on under the old version."""
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        path, old = models(tmp_path)
        blindfold = tmp_path / "blindfold"
        wanted: dict[str, Any] = {"models": (path,), "skew": SKEW}
        blind = await deployment.start(blindfold=str(blindfold), **wanted).ready()
        shop = Shop(2)
        await shop.sell(deployment, 2)
        await deployment.caught_up()
        blindfold.touch()
        stamp = await switch(deployment, old, 2 * SKEW + SECOND)
        if sells_meanwhile:
            await shop.sell(deployment, stamp / 1000 - time.time() + 6)
        else:
            await asyncio.sleep(stamp / 1000 - time.time() + 6)
        assert max((await deployment.clocks()).values()) < stamp
        blindfold.unlink()
        await shop.sell(deployment, 1)
        await deployment.caught_up()
        await passed(deployment, stamp + 15 * SECOND)
        await require_agreement(deployment, old, stamp)
        assert blind.process.poll() is None


async def test_a_version_switches_within_a_history_that_is_read_faster_than_it_was_lived(
    fresh_kafka: str, tmp_path: Path
) -> None:
    """What is sent after the command returned waits for a worker that has not looked since."""
    async with Deployment(fresh_kafka, tmp_path, clock="events") as deployment:
        path, old = models(tmp_path)
        blindfold = tmp_path / "blindfold"
        await deployment.start(models=(path,), blindfold=str(blindfold)).ready()
        begin = parse_instant("2015-05-03T06:00:00Z")
        await send_history(deployment, begin, begin + HOUR)
        await deployment.caught_up()
        for number in (1, 2, 3):
            stamp = begin + number * HOUR + 10 * MINUTE
            text = NEW.replace("1.1.0", f"1.{number}.0")
            wanted = Version(parse_model(text, "new.yaml"), text, stamp)
            blindfold.touch()
            await activate(Connection(deployment.bootstrap), wanted, [old], EngineSettings())
            await send_history(deployment, begin + number * HOUR, begin + (number + 1) * HOUR)
            await asyncio.sleep(2)
            blindfold.unlink()
            await deployment.caught_up()
        found = await verified(Connection(deployment.bootstrap), [old])
        assert found.clean, found.sentences[:5]
        words = [msgspec.json.decode(one.value) for one in await deployment.read(TRANSITIONS)]
        versions = {word["model_version"] for word in words if word["kind"] == "moment"}
        assert versions == {"1.0.0", "1.1.0", "1.2.0", "1.3.0"}


async def send_history(deployment: Deployment, begin: int, end: int) -> None:
    """Send what happened between two instants, every ten seconds, and the marks after it."""
    chance = random.Random(begin)
    for t in range(begin, end, 10 * SECOND):
        event = {
            "messageId": f"m-{t}",
            "type": "track",
            "event": chance.choice(["Product Added", "Product Added", "Order Completed"]),
            "userId": f"u{chance.randrange(50)}",
            "timestamp": format_instant(t),
            "properties": {"color": chance.choice(["red", "blue"])},
        }
        body, key = json.dumps(event).encode(), routing_key(event)
        await deployment.producer.send(topic_for(event), body, key=key, timestamp_ms=t)
    for topic in SOURCES:
        for number in range(PARTITIONS):
            await deployment.producer.send(
                topic, b"", partition=number, timestamp_ms=end - 1, headers=mark_headers(end - 1)
            )
    await deployment.producer.flush()

"""Events at wrong partitions on a real broker: no deadline early, nothing lost or said twice."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from typing import Any

import msgspec

from journey.instant import DAY, SECOND, format_instant
from tests.detector.deployment import Deployment
from tests.detector.shop import compare, events
from topics.contracts import EVENTS_PURCHASE, REKEYED, TRANSITIONS


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def cart(who: str, deadline: int) -> dict[str, Any]:
    """An abandoned cart that is missed at the deadline (ms) unless an order comes."""
    return {
        "messageId": f"{who}-cart",
        "type": "track",
        "event": "Product Added",
        "userId": who,
        "timestamp": format_instant(deadline - DAY),
        "properties": {"product_id": "p", "price": 5},
    }


def order(who: str) -> dict[str, Any]:
    return {
        "messageId": f"{who}-order",
        "type": "track",
        "event": "Order Completed",
        "userId": who,
        "timestamp": format_instant(now_ms()),
        "properties": {"order_id": who, "total": 5},
    }


async def said_of(deployment: Deployment, moment: str) -> list[tuple[str, str]]:
    """Give (subject, state) of all that was said of a moment."""
    records = await deployment.read(TRANSITIONS)
    words = [msgspec.json.decode(record.value) for record in records]
    return [(word["subject"], word["to"]) for word in words if word["moment"] == moment]


async def test_nothing_is_missed_while_its_answer_lies_in_the_backlog_of_another_number(
    fresh_kafka: str, tmp_path: Path
) -> None:
    customers = [f"waiting-{number}" for number in range(200)]
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        deadline = now_ms() + 10 * SECOND
        await deployment.send(cart(who, deadline) for who in customers)
        await deployment.send(events(15_000, customers=2_000, seed=51))
        await deployment.send_elsewhere(order(who) for who in customers)
        await deployment.producer.flush()
        assert now_ms() < deadline
        await asyncio.sleep((deadline - now_ms()) / 1000 + 1)
        for _ in range(2):
            deployment.start()
        await deployment.caught_up(120)
        said = await said_of(deployment, "fmot")
        for who in customers:
            states = [state for subject, state in said if subject == f"person:{who}"]
            assert "met" in states
            assert "missed" not in states
        await compare(deployment)


async def test_kills_while_every_event_is_forwarded_lose_and_repeat_nothing_and_miss_nothing_early(
    fresh_kafka: str, tmp_path: Path
) -> None:
    chance = random.Random(7)
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        workers = [await deployment.start().ready() for _ in range(2)]
        begun = now_ms()
        deadlines = {f"c-{n}": begun + chance.randrange(6, 40) * SECOND for n in range(400)}
        await deployment.send_elsewhere(cart(*one) for one in deadlines.items())
        sending = asyncio.create_task(deployment.send_elsewhere(events(4_000, seed=52)))
        waiting = sorted(deadlines.items(), key=lambda one: one[1])
        kills = [begun + at * SECOND for at in (8, 18, 28)]
        while waiting:
            due = [one for one in waiting if one[1] < now_ms() + 1_500]
            waiting = waiting[len(due) :]
            await deployment.send_elsewhere(order(who) for who, _ in due)
            if kills and now_ms() > kills[0]:
                kills.pop(0)
                await workers.pop(0).kill()
                workers.append(deployment.start())
            await asyncio.sleep(0.1)
        await sending
        await deployment.caught_up(120)
        arrivals = {
            one.key.decode(): one.timestamp for one in await deployment.read(EVENTS_PURCHASE)
        }
        in_time = {f"person:{who}" for who, at in deadlines.items() if arrivals[who] <= at}
        assert len(in_time) > len(deadlines) / 2  # a busy machine may have sent some too late
        said = await said_of(deployment, "fmot")
        assert not in_time & {subject for subject, state in said if state == "missed"}
        assert in_time <= {subject for subject, state in said if state == "met"}
        await compare(deployment)
        origins = [
            dict(record.headers)["touchstone_origin"] for record in await deployment.read(REKEYED)
        ]
        assert len(origins) == len(set(origins))

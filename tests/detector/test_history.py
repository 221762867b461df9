"""A history on `--clock events`: the clock is that of the arrivals and marks, restarts included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from journey.instant import DAY, HOUR, format_instant
from tests.detector.deployment import PARTITIONS, Deployment
from tests.detector.shop import compare
from topics.contracts import SOURCES, TRANSITIONS
from topics.envelope import routing_key, topic_for
from topics.marks import mark_headers

YEAR_2020 = 1_580_000_000_000


def bought(who: str, name: str, at: int) -> dict[str, Any]:
    return {
        "messageId": f"{who}-{name}-{at}",
        "type": "track",
        "event": name,
        "userId": who,
        "timestamp": format_instant(at),
        "properties": {"price": 3, "total": 3, "order_id": f"{who}-{at}"},
    }


async def feed(deployment: Deployment, events: list[dict[str, Any]], until: int) -> None:
    """Write events with their own arrivals, then marks to every partition of every source."""
    for event in events:
        at = int(event["messageId"].rpartition("-")[2])
        topic, key, value = topic_for(event), routing_key(event), json.dumps(event).encode()
        await deployment.producer.send(topic, value, key=key, timestamp_ms=at)
    for topic in SOURCES:
        for number in range(PARTITIONS):
            await deployment.producer.send(
                topic, b"", partition=number, timestamp_ms=until, headers=mark_headers(until)
            )


async def words(deployment: Deployment, who: str) -> list[str]:
    records = [json.loads(record.value) for record in await deployment.read(TRANSITIONS)]
    mine = [word for word in records if word["subject"] == f"person:{who}"]
    return [word["to"] for word in mine if word["moment"] == "fmot"]


async def test_history_fires_deadlines_by_its_own_clock_and_goes_on_after_a_kill(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path, clock="events") as deployment:
        worker = await deployment.start().ready()
        carts = [bought(f"u{n}", "Product Added", YEAR_2020) for n in range(20)]
        await feed(deployment, carts, YEAR_2020 + HOUR)
        await deployment.caught_up()
        assert set(await deployment.clocks()) == set(range(PARTITIONS))
        assert set((await deployment.clocks()).values()) == {YEAR_2020 + HOUR}
        assert await words(deployment, "u3") == ["open"]
        await worker.kill()
        worker = await deployment.start().ready()
        orders = [bought(f"u{n}", "Order Completed", YEAR_2020 + 2 * HOUR) for n in range(10)]
        await feed(deployment, orders, YEAR_2020 + 3 * DAY)
        await deployment.caught_up()
        assert await words(deployment, "u3") == ["open", "met"]
        assert await words(deployment, "u13") == ["open", "missed"]
        assert set((await deployment.clocks()).values()) == {YEAR_2020 + 3 * DAY}
        await compare(deployment)
        assert await worker.stop() == 0

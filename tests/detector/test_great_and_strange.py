"""On a real broker: no one message, and no one customer, stops the worker."""

from __future__ import annotations

import asyncio
import json
import random
import time
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer

from journey.instant import format_instant
from tests.detector.deployment import PARTITIONS, Deployment
from tests.detector.shop import compare
from topics.contracts import DEAD_LETTERS, EVENTS_PURCHASE, EVENTS_WEB, TRANSITIONS
from topics.envelope import routing_key, topic_for
from topics.partition import partition_of

NOW = time.time_ns() // 1_000_000


def event(number: int, who: str, name: str, **properties: Any) -> dict[str, Any]:
    """Give an event of a moment ago, the later the higher its number."""
    return {
        "messageId": f"{who}-{number}",
        "type": "track",
        "event": name,
        "userId": who,
        "timestamp": format_instant(NOW - 10_000 + number),
        "properties": properties,
    }


async def test_great_and_strange_messages_are_folded_or_dead_letters_and_the_worker_goes_on(
    fresh_kafka: str, tmp_path: Path
) -> None:
    """Each of these once ended the worker, and every worker after it."""
    great = [
        event(0, "great", "Order Completed", order_id="k" * 600_000, total=5),
        event(1, "great", "Order Refunded", order_id="k" * 600_000, currency="E" * 300_000),
        event(2, "great", "Complaint Made", category="x" * 1_000_000),
    ]
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        worker = await deployment.start(bad_share=1.0).ready()
        send = deployment.producer.send_and_wait
        junk = b"x" * 1_048_000
        await send(EVENTS_WEB, junk, key=b"junk")
        await send(EVENTS_WEB, b"x" * 400_000, key=b"k" * 600_000)
        await send(EVENTS_WEB, b"not json", key=b"null", headers=[("trace", None)])
        await send(EVENTS_WEB, b"", key=b"m", headers=[("touchstone_mark", b"9" * 5000)])
        await send(EVENTS_WEB, b'{"a":1e400,"b":"\\ud800"}', key=b"s")
        await compressed(fresh_kafka, b"x" * 5_000_000)
        for one in great:
            topic, key = topic_for(one), routing_key(one)
            await send(topic, json.dumps(one).encode(), key=key)
            await asyncio.sleep(0.3)  # a flush of its own: the journey is written and read again
        await deployment.send([event(3, "after", "Product Added", price=5)])
        await deployment.caught_up()
        letters = {letter.key: letter for letter in await deployment.read(DEAD_LETTERS)}
        assert letters.keys() == {b"junk", b"k" * 600_000, b"null", b"m", b"s", None}
        assert letters[b"junk"].value == junk
        assert letters[b"null"].headers[0] == ("trace", None)
        left_out = dict(letters[None].headers)["touchstone_left_out"]
        assert int(left_out or b"") > 5_000_000
        assert await states(deployment, "great") == ["open", "missed"]  # by the refund
        assert await states(deployment, "after") == ["open"]
        assert await worker.stop() == 0


async def compressed(bootstrap: str, value: bytes) -> None:
    """Send what the broker takes because it is small on its way there."""
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, compression_type="gzip", max_request_size=2 * len(value)
    ) as producer:
        await producer.send_and_wait(EVENTS_PURCHASE, value, key=b"compressed")


async def states(deployment: Deployment, who: str) -> list[str]:
    words = [json.loads(record.value) for record in await deployment.read(TRANSITIONS)]
    mine = [word for word in words if word["subject"] == f"person:{who}"]
    return [word["to"] for word in mine if word["moment"] in {"fmot", "smot"}]


async def test_thousands_of_events_of_one_customer_out_of_order_hold_nobody_up(
    fresh_kafka: str, tmp_path: Path
) -> None:
    other = next(f"o{n}" for n in range(100) if home(f"o{n}") != home("busy"))
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        busy = [event(number, "busy", "Product Viewed") for number in range(5_000)]
        random.Random(1).shuffle(busy)
        await deployment.send(busy)
        await deployment.producer.flush()
        worker = await deployment.start().ready()
        await deployment.send([event(0, other, "Product Added", price=5)])
        async with asyncio.timeout(60):
            while await states(deployment, other) != ["open"]:  # noqa: ASYNC110 - a process
                await asyncio.sleep(0.2)
        await deployment.caught_up(within_s=90)
        assert "partitions_revoked" not in worker.log()
        await compare(deployment)
        assert await worker.stop() == 0


def home(who: str) -> int:
    return partition_of(who.encode(), PARTITIONS)

"""On a real broker: no one message, and no one customer, stops the worker."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer

from journey.instant import format_instant
from tests.detector.deployment import PARTITIONS, Deployment
from tests.detector.shop import compare
from tests.topics.test_headers import produce_strange
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
            await deployment.caught_up()  # a flush of its own: the journey is read again
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


async def test_header_whose_name_is_no_utf8_stops_neither_the_worker_nor_a_reader(
    fresh_kafka: str, tmp_path: Path
) -> None:
    """aiokafka never gets past such a record by itself (topics/headers.py)."""
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        worker = await deployment.start(bad_share=1.0).ready()
        fine = event(0, "strange", "Product Added", price=5)
        number, value = home("strange"), json.dumps(fine).encode()
        await produce_strange(deployment.producer, EVENTS_PURCHASE, number, b"strange", value)
        await produce_strange(deployment.producer, EVENTS_PURCHASE, number, b"bad", b"not json")
        await deployment.send([event(1, "strange", "Order Completed", total=5)])
        await deployment.caught_up()
        assert await states(deployment, "strange") == ["open", "met", "open"]
        [letter] = [one for one in await deployment.read(DEAD_LETTERS) if one.key == b"bad"]
        assert letter.headers[0] == ("\ufffd\ufffd", b"1")
        await compare(deployment)
        assert await worker.stop() == 0


async def test_event_without_a_key_goes_its_way_and_absurd_times_are_dead_letters(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        worker = await deployment.start(bad_share=1.0).ready()
        before = await reasons(deployment)
        send = deployment.producer.send_and_wait
        keyless = event(0, "keyless", "Product Added", price=5)
        for number in range(PARTITIONS):  # at every partition, also its customer's
            await send(EVENTS_PURCHASE, json.dumps(keyless).encode(), partition=number)
        for year in ("0001", "1969", "9999"):
            absurd = {**keyless, "messageId": year, "timestamp": f"{year}-01-01T00:00:00Z"}
            await send(EVENTS_PURCHASE, json.dumps(absurd).encode(), key=b"keyless")
        ahead = {**keyless, "messageId": "ahead", "timestamp": format_instant(NOW + 3_600_000)}
        await send(EVENTS_PURCHASE, json.dumps(ahead).encode(), key=b"keyless")
        await send(EVENTS_PURCHASE, json.dumps(keyless).encode("utf-16"), key=b"utf-16")
        await send(EVENTS_PURCHASE, b"[" * 500_000, key=b"deep")
        await deployment.caught_up()
        assert await states(deployment, "keyless") == ["open"]
        new = await reasons(deployment) - before
        assert new == {b"bad_timestamp": 3, b"future": 1, b"not_json": 2}
        await compare(deployment)
        assert await worker.stop() == 0


async def reasons(deployment: Deployment) -> Counter[bytes | None]:
    """Count the dead letters by reason."""
    letters = await deployment.read(DEAD_LETTERS)
    return Counter(dict(one.headers)["touchstone_reason"] for one in letters)

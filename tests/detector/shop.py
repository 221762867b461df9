"""Events of a small shop, some late, some twice, and what must be said of them in the end."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from journey.engine import Engine
from journey.event import Event
from journey.instant import format_instant
from journey.language import parse_model
from tests.detector.deployment import Deployment
from tests.detector.worker import MODEL
from topics.contracts import TRANSITIONS
from topics.decode import EventDecoder
from topics.errors import BadEvent
from topics.partition import partition_of

NAMES = {
    "Product Viewed": 40,
    "Product Added": 15,
    "Checkout Started": 8,
    "Order Completed": 10,
    "Ticket Created": 5,
    "CSAT Responded": 5,
    "Button Pressed": 5,
}
DAY_MS = 86_400_000
DIFFERS = {"id", "revision", "from"}


def events(
    count: int, *, customers: int = 300, seed: int = 1, now: int | None = None
) -> Iterator[dict[str, Any]]:
    """Give events of the last two days; one in twenty comes twice."""
    chance = random.Random(seed)
    at = now or time.time_ns() // 1_000_000
    for number in range(count):
        [name] = chance.choices(list(NAMES), list(NAMES.values()))
        event = {
            "messageId": f"m-{seed}-{number}",
            "type": "track",
            "event": name,
            "userId": f"u{chance.randrange(customers)}",
            "timestamp": format_instant(at - chance.randrange(2 * DAY_MS)),
            "properties": {
                "product_id": f"p{chance.randrange(50)}",
                "price": chance.randrange(1, 200),
                "order_id": f"o-{seed}-{number}",
                "total": chance.randrange(1, 500),
                "score": chance.randrange(1, 6),
                "category": "complaint",
            },
        }
        yield event
        if chance.random() < 0.05:
            yield event


@cache
def engine() -> Engine:
    return Engine([parse_model(MODEL.read_text(), MODEL.name)])


async def compare(deployment: Deployment) -> int:
    """Assert that each transition is on the topic once and the last words are right; count them."""
    records = await deployment.read(TRANSITIONS)
    words = [msgspec.json.decode(record.value) for record in records]
    ids = [word["id"] for word in words]
    assert len(ids) == len(set(ids)), "said twice"
    said = {word["instance"]: word for word in words}
    expected = await _expected(deployment)
    live = {key: _essence(word) for key, word in said.items() if word["to"] != "retracted"}
    wrong = [
        (live.get(key), expected.get(key))
        for key in live.keys() | expected.keys()
        if msgspec.json.encode(live.get(key)) != msgspec.json.encode(expected.get(key))
    ]
    assert not wrong, f"{len(wrong)} of {len(expected)} last words are wrong: {wrong[:3]}"
    return len(ids)


async def _expected(deployment: Deployment) -> dict[str, dict[str, Any]]:
    """Fold all that was sent, from the beginning and in no particular batches."""
    one = engine()
    decoder = EventDecoder(one.fields)
    clocks = await deployment.clocks()
    by_subject: dict[str, list[Event]] = {}
    for topic in ("events.web", "events.purchase", "events.support", "events.feedback"):
        for record in await deployment.read(topic):
            try:
                event = decoder.decode(record.value, record.timestamp)
            except BadEvent:
                continue
            if one.refusal(event) is None:
                by_subject.setdefault(event.subject, []).append(event)
    last: dict[str, dict[str, Any]] = {}
    for subject, found in by_subject.items():
        clock = clocks[partition_of(subject.partition(":")[2].encode(), 4)]
        journey = one.open(subject)
        words = [
            word
            for event in sorted(found, key=lambda event: (event.t, event.message_id))
            for word in one.step(journey, event, clock).transitions
        ]
        for word in (*words, *one.advance(journey, clock).transitions):
            last[word.instance] = _essence(msgspec.json.decode(msgspec.json.encode(word)))
    return {key: word for key, word in last.items() if word["to"] != "retracted"}


def _essence(word: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in word.items() if name not in DIFFERS}

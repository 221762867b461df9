"""Whatever arrives, the partition goes on: a message that ends the process ends it for ever."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import pytest

from journey.instant import DAY, format_instant
from services.detector.partition import Limits
from tests.detector.driver import START, Driver, Piped
from topics.contracts import EVENTS_PURCHASE

NUMBERS = [1e308, -1e308, float("nan"), float("inf"), 10**400, "1e999", "9" * 500, "abc", True]
OTHERS: list[Any] = [[], {}, None, -0.0, "\x00", "💥" * 300, "a:b"]
NAMES = ["Product Added", "Order Completed", "CSAT Responded", "Quote Requested"]
STAMPS = [
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-02-30T00:00:00Z",
    5,
    None,
    "",
    "now",
]


def survives(value: bytes | None, headers: list[tuple[str, Any]] | None = None) -> None:
    driver = Driver(limits=Limits(bad_share=1.0))
    driver.tick()
    driver.log[EVENTS_PURCHASE].append(Piped(0, START, b"k", value, headers or []))
    driver.event("Order Completed", order_id="o", total=1)
    driver.read()
    driver.tick(START + 1_000)
    assert driver.flush() is not None
    driver.restart()
    driver.tick(START + 40 * DAY)
    driver.flush()


def event(**more: Any) -> bytes:
    plain = {
        "messageId": "m",
        "type": "track",
        "event": "Product Added",
        "userId": Driver().customer(),
        "timestamp": format_instant(START),
        "properties": {"price": 5},
    }
    return json.dumps({**plain, **more}).encode()


@pytest.mark.parametrize("value", [b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b"", b"null", None])
def test_no_json_object(value: bytes | None) -> None:
    survives(value)


@pytest.mark.parametrize("mark", [None, b"", b"-5", b"9" * 40, "²".encode()])
def test_strange_marks(mark: bytes | None) -> None:
    survives(b"", [("touchstone_mark", mark)])


@pytest.mark.parametrize("strange", [*NUMBERS, *OTHERS])
def test_strange_values_where_models_read(strange: object) -> None:
    for name in NAMES:
        for field in ("price", "total", "score", "order_id", "error"):
            survives(event(event=name, properties={"price": 3, "order_id": "o", field: strange}))


@pytest.mark.parametrize("stamp", STAMPS)
def test_strange_timestamps(stamp: object) -> None:
    survives(event(timestamp=stamp))


@pytest.mark.parametrize("strange", [*OTHERS, "", 5, "a" * 100_000, "\ud800"])
def test_strange_ids_and_names(strange: object) -> None:
    for field in ("userId", "anonymousId", "messageId", "event", "type"):
        survives(event(**{field: strange}))


def test_damaged_bytes() -> None:
    chance = random.Random(1)
    for _ in range(300):
        damaged = bytearray(event())
        for _ in range(chance.randrange(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        survives(bytes(damaged))


def test_piped_records_have_the_form_of_consumed_ones() -> None:
    from aiokafka.structs import ConsumerRecord  # noqa: PLC0415

    assert {field.name for field in msgspec.structs.fields(Piped)} <= set(
        ConsumerRecord.__dataclass_fields__
    )

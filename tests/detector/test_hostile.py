"""Whatever arrives, the partition goes on: a message that ends the process ends it for ever."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from journey.instant import DAY, format_instant
from services.detector.flush import Flush
from services.detector.limits import Limits
from services.detector.records import Headers
from tests.detector.driver import START, Driver, Piped
from topics.contracts import CHANGELOG, DEAD_LETTERS, EVENTS_PURCHASE, Clock, load

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


def survives(
    value: bytes | None,
    headers: Headers = (),
    stamp: int = START,
    clock: Clock = "wall",
) -> Flush:
    """Give the flush after a strange record, every message of which the broker would take."""
    driver = Driver(limits=Limits(bad_share=1.0), clock=clock)
    driver.tick()
    driver.log[EVENTS_PURCHASE].append(Piped(0, stamp, b"k", value, list(headers)))
    driver.event("Order Completed", order_id="o", total=1)
    driver.read()
    driver.tick(START + 1_000)
    flush = driver.flush()
    assert flush is not None
    fits(flush)
    driver.restart()
    driver.tick(START + 40 * DAY)
    driver.flush()
    return flush


def fits(flush: Flush) -> None:
    builder = DefaultRecordBatchBuilder
    for out in flush.work.outgoing:
        most = int(load()[out.topic].config_for("wall")["max.message.bytes"])
        headers = list(out.headers)
        assert builder.estimate_size_in_bytes(out.key, out.value, headers) <= most
    most = int(load()[CHANGELOG].config_for("wall")["max.message.bytes"])
    assert all(len(state or b"") < most for state in flush.work.states.values())


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


@pytest.mark.parametrize("mark", [None, b"", b"-5", b"9" * 40, b"9" * 5000, "²".encode()])
def test_strange_marks(mark: bytes | None) -> None:
    survives(b"", [("touchstone_mark", mark)])


@pytest.mark.parametrize("strange", [*NUMBERS, *OTHERS])
def test_strange_values_where_models_read(strange: object) -> None:
    for name in NAMES:
        for field in ("price", "total", "score", "order_id", "error"):
            survives(event(event=name, properties={"price": 3, "order_id": "o", field: strange}))


@pytest.mark.parametrize("clock", ["wall", "events"])
@pytest.mark.parametrize("stamp", [-1, -(10**18), 10**14, 10**15, 2**62])
def test_strange_stamps_of_messages_are_bad_and_move_no_clock(stamp: int, clock: Clock) -> None:
    flush = survives(event(), stamp=stamp, clock=clock)
    [letter] = [one for one in flush.work.outgoing if one.topic == DEAD_LETTERS]
    assert dict(letter.headers)["touchstone_reason"] == b"bad_timestamp"
    assert letter.timestamp is None
    assert flush.clock <= START + 1_000


@pytest.mark.parametrize("size", [600_000, 1_048_000, 5_000_000])
def test_great_values_and_keys(size: int) -> None:
    survives(b"x" * size)
    for field in ("order_id", "price", "currency", "error", "category"):
        for great in ("k" * size, ["k" * size], {"k": "k" * size}):
            survives(event(event="Order Completed", properties={"total": 3, field: great}))


def test_what_was_compressed_and_is_too_large_leaves_only_its_reasons() -> None:
    great = b"x" * 5_000_000
    cases: list[tuple[bytes, Headers]] = [(great, ()), (b"x", [("h", great)])]
    for value, headers in cases:
        flush = survives(value, headers)
        [letter] = [one for one in flush.work.outgoing if one.topic == DEAD_LETTERS]
        said = dict(letter.headers)
        assert (letter.key, letter.value) == (None, None)
        assert said["touchstone_reason"] == b"not_json"
        assert 5_000_000 < int(said["touchstone_left_out"] or b"") < 5_000_100


def test_the_largest_message_that_a_source_takes_is_kept_whole() -> None:
    most = int(load()[EVENTS_PURCHASE].config_for("wall")["max.message.bytes"])
    flush = survives(b"x" * most, [("trace", None)])
    [letter] = [one for one in flush.work.outgoing if one.topic == DEAD_LETTERS]
    assert len(letter.value or b"") == most
    assert letter.headers[0] == ("trace", None)


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

"""What a record of the topic `models` does, by itself, its stamp and the records before it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from journey.instant import MINUTE, format_instant, parse_instant
from journey.language import parse_model
from journey.lines import Activation
from journey.model import Model
from topics import contracts
from topics.activations import Activations, ModelRecord

CAME = parse_instant("2026-03-02T09:00:00Z")
NOTICE = 10 * MINUTE
TEXT = """
model: cart
version: 1.0.0
title: A cart is bought in time
source: the tests
stages: [visiting]
signals: {cart: {events: Product Added}, order: {events: Order Completed}}
moments: {purchase: {title: The purchase, opens: {on: cart}, met: {on: order, within: 24h}}}
"""
OLD = parse_model(TEXT, "cart.yaml")


def text(version: str, *changes: tuple[str, str]) -> str:
    changed = TEXT.replace("1.0.0", version)
    for before, after in changes:
        changed = changed.replace(before, after)
    return changed


def record(version: str = "1.1.0", stamp: int = CAME + NOTICE, **other: Any) -> ModelRecord:
    body = other.pop("text", text(version))
    model = parse_model(body, "new.yaml")
    told = ModelRecord(
        model=model.name,
        version=model.version,
        stamp=format_instant(stamp),
        fingerprint=model.fingerprint,
        text=body,
        by="ann",
        written=format_instant(CAME),
    )
    return msgspec.structs.replace(told, **other)


class Topic:
    """A deployment's topic `models`, as a reader hears it."""

    def __init__(self, notice: int | None = NOTICE, base: Model = OLD) -> None:
        self.heard = Activations([base], notice)
        self._offset = 0

    def write(self, value: ModelRecord | bytes, came: int = CAME) -> str | None:
        key, body = (b"k", value) if isinstance(value, bytes) else (value.key, value.encode())
        self._offset += 1
        heard = self.heard.hear(self._offset, came, key, body)
        assert heard.offset == self._offset
        return heard.refusal

    def remove(self, key: bytes, came: int = CAME) -> str | None:
        return self.heard.hear(self._offset, came, key, None).refusal

    def stamps(self) -> list[tuple[str, int]]:
        return [(one.model.version, one.stamp) for one in self.heard.activated]


def test_a_version_that_came_early_enough_is_in_force_from_its_stamp() -> None:
    topic = Topic()
    assert topic.write(record()) is None
    assert topic.stamps() == [("1.1.0", CAME + NOTICE)]
    assert topic.heard.models[0] is OLD
    assert isinstance(topic.heard.models[1], Activation)


def test_a_version_that_came_a_moment_too_late_counts_for_nothing() -> None:
    topic = Topic()
    refusal = topic.write(record(), came=CAME + 1)
    assert refusal == (
        "its stamp is 2026-03-02T09:10:00Z and it came at 2026-03-02T09:00:00.001Z; expected it "
        "10 minutes before its stamp"
    )
    assert topic.stamps() == []


def test_when_the_sender_says_it_was_written_has_no_say() -> None:
    early = record(written=format_instant(CAME - 60 * MINUTE))
    assert Topic().write(early, came=CAME + 1) is not None


def test_stamps_of_a_history_are_of_another_time() -> None:
    topic = Topic(notice=None)
    assert topic.write(record(stamp=parse_instant("2015-01-01T00:00:00Z"))) is None


def test_the_first_record_of_a_version_decides() -> None:
    topic = Topic()
    other = text("1.1.0", ("24h", "1h"))
    assert topic.write(record()) is None
    assert topic.write(record()) == "it was activated before"
    for again in (record(stamp=CAME + 2 * NOTICE), record(text=other, stamp=CAME + 2 * NOTICE)):
        assert "expected each version and stamp once" in (topic.write(again) or "")
    assert topic.stamps() == [("1.1.0", CAME + NOTICE)]


def test_a_stamp_has_one_version() -> None:
    topic = Topic()
    topic.write(record("1.1.0"))
    assert "expected each version and stamp once" in (topic.write(record("1.2.0")) or "")


def test_what_is_refused_does_not_stand_in_the_way_of_what_comes_after() -> None:
    topic = Topic()
    topic.write(record(), came=CAME + 1)
    assert topic.write(record(stamp=CAME + 2 * NOTICE), came=CAME + 2) is None


def test_a_version_that_the_deployment_was_started_with_is_not_activated() -> None:
    assert "expected each version and stamp once" in (Topic().write(record("1.0.0")) or "")


def test_a_version_of_other_subjects_is_refused() -> None:
    of_accounts = text("1.1.0", ("title: A cart", "subject: account\ntitle: A cart"))
    assert "expected a model of another name" in (Topic().write(record(text=of_accounts)) or "")


def test_a_model_of_another_name_begins_at_its_stamp() -> None:
    topic = Topic()
    assert topic.write(record(text=text("1.0.0", ("model: cart", "model: basket")))) is None


@pytest.mark.parametrize(
    ("value", "because"),
    [
        (b"", "it is no activation"),
        (b"\xff", "it is no activation"),
        (b"[]", "it is no activation"),
        (b"{}", "missing required field `model`"),
        (record(stamp=0).encode().replace(b"1970-01-01T00:00:00Z", b"soon"), "it is no activation"),
        (record(stamp=0).encode().replace(b"1970-01", b"0001-01"), "expected a year 1970 to 2999"),
        (record().encode().replace(b"moments:", b"moment:"), "its text is no model: cart 1.1.0:"),
        (record().encode().replace(b"24h", b"23h"), "its text is that of cart 1.1.0"),
        (
            record().encode().replace(b'"version":"1.1.0"', b'"version":"1.1.1"'),
            "expected that of cart 1.1.1",
        ),
    ],
)
def test_what_is_no_version_counts_for_nothing(value: bytes, because: str) -> None:
    topic = Topic()
    assert because in (topic.write(value) or "")
    assert topic.stamps() == []


def test_a_version_is_taken_back_as_early_as_it_must_come() -> None:
    topic = Topic()
    topic.write(record())
    assert "expected it 10 minutes before" in (topic.remove(record().key, CAME + 1) or "")
    assert topic.stamps() == [("1.1.0", CAME + NOTICE)]
    assert topic.remove(record().key, CAME) is None
    assert topic.stamps() == []
    assert topic.remove(record().key, CAME) == "it takes back what was not activated"


def test_a_record_is_written_by_its_schema_and_under_its_key() -> None:
    [example] = contracts.load()[contracts.MODELS].examples
    told = msgspec.convert(example.value, ModelRecord)
    assert told.key.decode() == example.key
    assert msgspec.json.decode(told.encode()) == example.value

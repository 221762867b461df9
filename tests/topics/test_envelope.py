from __future__ import annotations

import pytest

from journey.instant import parse_instant
from tests.topics.events import an_event, encoded
from topics import envelope
from topics.decode import EventDecoder
from topics.errors import BadEvent
from topics.parse import parse


def test_the_key_is_the_user_id_as_utf8() -> None:
    assert envelope.routing_key(an_event(userId="zoë", anonymousId="d-1")) == "zoë".encode()


@pytest.mark.parametrize("nobody", [None, "", ...])
def test_the_key_of_an_event_of_nobody_known_is_the_device(nobody: object) -> None:
    assert envelope.routing_key(an_event(userId=nobody, anonymousId="d-1")) == b"d-1"


def test_an_event_of_nobody_has_no_key() -> None:
    with pytest.raises(BadEvent) as refused:
        envelope.routing_key(an_event(userId=None))
    assert refused.value.reason == "no_customer"


@pytest.mark.parametrize(
    ("event", "topic"),
    [
        (an_event(event="Order Completed"), "events.purchase"),
        (an_event(event="Completed Order"), "events.purchase"),
        (an_event(event="Ticket Created"), "events.support"),
        (an_event(event="Coffee Spilled"), "events.web"),
        (an_event(type="identify", event=...), "events.web"),
    ],
)
def test_an_event_goes_to_the_topic_of_its_name(event: dict[str, object], topic: str) -> None:
    assert envelope.topic_for(event) == topic


def test_an_unknown_type_has_no_topic() -> None:
    with pytest.raises(BadEvent) as refused:
        envelope.topic_for(an_event(type="nonsense"))
    assert refused.value.reason == "unknown_type"


def test_history_arrived_when_it_was_received() -> None:
    event = an_event(receivedAt="2026-11-20T12:00:00Z")
    assert envelope.history_arrival(event) == parse_instant("2026-11-20T12:00:00Z")


@pytest.mark.parametrize("received", [None, "", ...])
def test_history_without_a_receipt_arrived_when_it_happened(received: object) -> None:
    event = an_event(receivedAt=received)
    assert envelope.history_arrival(event) == parse_instant("2026-11-20T10:00:00.250Z")


def test_a_receipt_that_is_no_instant_is_refused() -> None:
    with pytest.raises(BadEvent) as refused:
        envelope.history_arrival(an_event(receivedAt="noon"))
    assert refused.value.reason == "bad_timestamp"


@pytest.mark.parametrize("fraction", ["0", "123", "123456", "9994", "9999999", "000999999999"])
def test_files_and_messages_agree_on_the_millisecond(fraction: str) -> None:
    event = an_event(timestamp=f"2026-11-20T10:00:00.{fraction}+01:00")
    assert EventDecoder(()).decode(encoded(event), 0).t == envelope.history_arrival(event)


def test_parsing_gives_the_object() -> None:
    assert parse(encoded(an_event())) == an_event()

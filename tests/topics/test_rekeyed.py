"""What a forwarded event says of where it came first."""

from __future__ import annotations

import pytest

from topics import contracts
from topics.errors import BadEvent
from topics.rekeyed import ARRIVAL, KEY, ORIGIN, Origin, origin_of

ORIGINS = [
    Origin("events.web", 3, 48_813, 1_795_168_692_250, b"session-7781"),
    Origin("events.support", 0, 0, 0, None),
    Origin("events.feedback", 11, 2**62, 1, b""),
]


@pytest.mark.parametrize("origin", ORIGINS)
def test_headers_say_where_and_when_an_event_came_first(origin: Origin) -> None:
    assert origin_of(origin.headers(), origin.arrival) == origin


def test_the_example_of_the_contract_is_what_is_written() -> None:
    [example] = contracts.load()[contracts.REKEYED].examples
    said = {name: (value or b"").decode() for name, value in ORIGINS[0].headers()}
    assert example.headers == said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (ARRIVAL, None),
        (ARRIVAL, b"soon"),
        (ARRIVAL, b"-5"),
        (ARRIVAL, b"9" * 5000),
        (ARRIVAL, b"32503680000000"),
        (ORIGIN, None),
        (ORIGIN, b"\xff\xfe"),
        (ORIGIN, b"events.web"),
        (ORIGIN, b"events.web/1"),
        (ORIGIN, b"events.web/1/x"),
        (ORIGIN, b"/1/2"),
    ],
)
def test_headers_that_do_not_say_it_are_refused(name: str, value: bytes | None) -> None:
    headers = {**dict(ORIGINS[0].headers()), name: value}
    with pytest.raises(BadEvent) as refused:
        origin_of(headers.items(), ORIGINS[0].arrival)
    assert refused.value.reason == "bad_origin"
    assert KEY in headers


def test_an_arrival_that_is_not_the_stamp_of_the_message_is_refused() -> None:
    """The broker bounds stamps; a header alone might hold the year 2999."""
    one = ORIGINS[0]
    with pytest.raises(BadEvent, match=f"stamped {one.arrival - 1}"):
        origin_of(one.headers(), one.arrival - 1)


@pytest.mark.parametrize("headers", [None, (), [("trace", b"5")]])
def test_a_message_without_the_headers_is_refused(
    headers: list[tuple[str, bytes | None]] | None,
) -> None:
    with pytest.raises(BadEvent):
        origin_of(headers, 0)

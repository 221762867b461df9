"""The short way through an event gives what the rules say, and refuses what they refuse."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from journey.event import Event
from tests.topics.events import an_event, encoded
from topics import envelope
from topics.decode import EventDecoder
from topics.errors import BadEvent
from topics.fields import take_from_mapping

PATHS = ("properties.a", "properties.b.c", "context.groupId", "traits.a", "groupId")
SEQUENCE = "properties.sequence"
DECODER = EventDecoder(PATHS)

texts = st.text(max_size=3) | st.sampled_from(["x" * 512, "x" * 513, "é" * 5000])
numbers = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from([2**63, 2**64, -(2**63) - 1, 10**40])
    | st.floats(allow_nan=False)
).filter(lambda value: value not in {float("inf"), float("-inf")})
values = st.recursive(
    numbers | texts,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["a", "b", "c", "sequence"]), inner, max_size=3)
    ),
    max_leaves=6,
)
keys = st.sampled_from(["a", "b", "c", "sequence", "groupId", "author_id"])
objects = values | st.dictionaries(keys, values, max_size=3)
changes = st.fixed_dictionaries(
    {},
    optional={
        "messageId": st.sampled_from(["m-2", "", None, 5]),
        "type": st.sampled_from(["track", "page", "group", "alias", "nonsense", None]),
        "event": st.sampled_from(["Ticket Updated", "Viewed Product", "", None, 5]),
        "userId": st.sampled_from(["u1", "", None, 5]),
        "anonymousId": st.sampled_from(["d1", "", None, []]),
        "timestamp": st.sampled_from(["2026-11-20T10:00:00Z", "yesterday", "9999-01-01T00:00:00Z"]),
        "groupId": values,
        "previousId": values,
        "properties": objects,
        "traits": objects,
        "context": objects,
    },
)


Owners = tuple[str | None, str | None, str | None, str | None]


def by_the_rules(event: dict[str, Any]) -> tuple[str, str, int, str, object, Owners] | str:
    try:
        envelope.check(event)
    except BadEvent as error:
        return str(error)
    return (
        envelope.subject(event),
        event["messageId"],
        envelope.instant(event, "timestamp"),
        envelope.name_of(event),
        take_from_mapping(event, {*PATHS, SEQUENCE}),
        (
            envelope.device(event),
            envelope.formerly(event),
            envelope.group(event),
            envelope.author(event),
        ),
    )


def by_the_decoder(event: dict[str, Any]) -> tuple[str, str, int, str, object, Owners] | str:
    try:
        said: Event = DECODER.decode(encoded(event), 0)
    except BadEvent as error:
        return str(error)
    owners = (said.device, said.formerly, said.group, said.author)
    return said.subject, said.message_id, said.t, said.name, said.fields, owners


@given(changes)
@settings(deadline=None, max_examples=300)
def test_both_ways_lead_to_the_same(changes: dict[str, Any]) -> None:
    event = an_event(**changes)
    assert by_the_decoder(event) == by_the_rules(event)

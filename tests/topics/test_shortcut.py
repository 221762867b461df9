"""The short way through an event gives what the rules say, and refuses what they refuse."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.event import Fields
from journey.instant import parse_instant
from tests.topics.events import an_event, encoded
from topics import envelope
from topics.decode import EventDecoder
from topics.errors import BadEvent
from topics.fields import take_from_mapping
from topics.shortcut import Shortcut

PATHS = (
    *("properties", "properties.a", "properties.b", "properties.b.c", "properties.b.c.a"),
    *("traits", "traits.a", "traits.a.b", "context", "context.groupId", "context.a.b"),
    *("messageId", "type", "timestamp", "userId", "anonymousId", "event", "event.a", "userId.b"),
    *("groupId", "groupId.a", "groupId.a.b", "previousId.b", "more", "more.a", "more.b.c"),
)
SEQUENCE = "properties.sequence"

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
        "more": objects,
        "properties": objects,
        "traits": objects,
        "context": objects,
    },
)


def in_order(fields: Fields) -> str:
    """Give fields as text, where 1 is neither 1.0 nor true."""
    return repr(sorted(fields.items()))


Owners = tuple[str | None, str | None, str | None, str | None]


def by_the_rules(
    event: dict[str, Any], paths: Collection[str]
) -> tuple[str, str, int, str, str, Owners] | str:
    try:
        envelope.check(event)
    except BadEvent as error:
        return str(error)
    return (
        envelope.subject(event),
        event["messageId"],
        envelope.instant(event, "timestamp"),
        envelope.name_of(event),
        in_order(take_from_mapping(event, {*paths, SEQUENCE})),
        (
            envelope.device(event),
            envelope.formerly(event),
            envelope.group(event),
            envelope.author(event),
        ),
    )


def by_the_decoder(
    event: dict[str, Any], paths: Collection[str]
) -> tuple[str, str, int, str, str, Owners] | str:
    try:
        said = EventDecoder(paths).decode(encoded(event), 0)
    except BadEvent as error:
        return str(error)
    owners = (said.device, said.formerly, said.group, said.author)
    return said.subject, said.message_id, said.t, said.name, in_order(said.fields), owners


some_paths = st.frozensets(st.sampled_from(PATHS), max_size=6) | st.just(frozenset(PATHS))


@given(changes, some_paths)
@settings(deadline=None, max_examples=300)
def test_both_ways_lead_to_the_same(changes: dict[str, Any], paths: frozenset[str]) -> None:
    event = an_event(**changes)
    assert by_the_decoder(event, paths) == by_the_rules(event, paths)


@given(st.dictionaries(keys, values, max_size=3), some_paths)
def test_the_short_way_alone_leads_there_or_says_that_it_does_not(
    properties: dict[str, Any], paths: frozenset[str]
) -> None:
    event = an_event(properties=properties, more=properties, traits=properties)
    shortcut = Shortcut(paths)
    try:
        fields = shortcut.fields_of(shortcut.decode(encoded(event).decode()))
    except (msgspec.ValidationError, OverflowError):
        return
    assert in_order(fields) == in_order(take_from_mapping(event, paths))


@pytest.mark.parametrize(
    ("paths", "fields"),
    [
        (["properties.a", "properties.a.b"], {"properties.a": {"b": 1}, "properties.a.b": 1}),
        (["properties.a", "properties.a.b.c"], {"properties.a": {"b": 1}}),
        (["traits", "traits.b"], {"traits": {"b": [2]}, "traits.b": [2]}),
        (["context", "context.a"], {"context": None}),
        (["more", "more.a"], {"more": {"a": "x"}, "more.a": "x"}),
        (["more.a"], {"more.a": "x"}),
        (["messageId", "type", "event"], {"messageId": "m-1", "type": "track", "event": "Seen"}),
        (["userId", "userId.a", "anonymousId"], {"userId": None, "anonymousId": "d-1"}),
        (["timestamp"], {"timestamp": "2026-11-20T10:00:00.250Z"}),
        (["groupId", "groupId.a", "absent", "absent.a"], {}),
    ],
)
def test_no_path_keeps_events_from_the_short_way(
    paths: list[str], fields: dict[str, object]
) -> None:
    event = an_event(
        event="Seen",
        userId=None,
        anonymousId="d-1",
        properties={"a": {"b": 1}},
        traits={"b": [2]},
        context=None,
        more={"a": "x"},
    )
    shortcut = Shortcut(paths)
    raw = shortcut.decode(encoded(event).decode())
    assert shortcut.fields_of(raw) == fields
    assert shortcut.ms_of(raw.timestamp) == parse_instant(event["timestamp"])

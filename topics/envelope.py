"""The rules that every incoming event must keep, on the event as a plain JSON mapping.

This is the definition; `topics.decode` is the same by a shorter way. Used by whoever sends
events or reads them from files, and to say what was wrong with one that was refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from journey.event import anonymous, person
from journey.instant import to_ms
from topics import catalogue
from topics.errors import BadEvent

LONGEST: Final = 512
"""The most characters that an id or an event's name may have."""

TYPES: Final = ("track", "page", "screen", "identify", "group", "alias")

EARLIEST: Final = 0
LATEST: Final = to_ms(datetime.fromisoformat("3000-01-01T00:00:00Z"))
"""Instants are from 1970 up to here (ms, excluded): Kafka knows none before, and deadlines that
are counted from an event must still be dates."""

GROUP: Final = "context.groupId"
AUTHOR: Final = "properties.author_id"

OBJECTS: Final = frozenset({"properties", "traits", "context"})
"""Fields that must be objects where they are there."""

_ID: Final = f"a string of 1 to {LONGEST} characters"
_LEAST_NUMBER: Final = -(1 << 63)
_ENDLESS_NUMBER: Final = 1 << 63

_AWARE: Final = Annotated[datetime, msgspec.Meta(tz=True)]
_WANTED_INSTANT: Final = "expected RFC 3339 with a zone, like 2026-11-21T10:00:00Z"
_KINDS: Final = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}


def check(event: Mapping[str, Any]) -> None:
    """Pass over an event that keeps the rules; raise BadEvent with the first it breaks."""
    _required(event, "messageId")
    name_of(event)
    instant(event, "timestamp")
    _customer(event)
    formerly(event)
    for name in sorted(OBJECTS):
        if not isinstance(event.get(name, {}), dict | None):
            raise _wrong_type(event, name, "an object or null")
    group(event)


def name_of(event: Mapping[str, Any]) -> str:
    """Give the event's name as models know it: `Product Viewed`, or `Page` for a page call.

    Raises BadEvent.
    """
    kind = _required(event, "type")
    if kind not in TYPES:
        raise BadEvent("unknown_type", f"type is unknown; expected one of {', '.join(TYPES)}")
    names = catalogue.load()
    return names.canonical(_required(event, "event")) if kind == "track" else names.of_type(kind)


def topic_for(event: Mapping[str, Any]) -> str:
    """Give the topic that an event goes to. Raises BadEvent."""
    return catalogue.topic_of(name_of(event))


def routing_key(event: Mapping[str, Any]) -> bytes:
    """Give the message key: the `userId` where there is one, else the `anonymousId`, as UTF-8.

    Raises BadEvent.
    """
    return _customer(event).encode()


def subject(event: Mapping[str, Any]) -> str:
    """Give the typed subject that the event is of. Raises BadEvent."""
    customer = _customer(event)
    return person(customer) if event.get("userId") else anonymous(customer)


def device(event: Mapping[str, Any]) -> str | None:
    """Give the `anonymousId` beside a `userId`, if any. Raises BadEvent."""
    return (_text(event, "anonymousId") or None) if event.get("userId") else None


def formerly(event: Mapping[str, Any]) -> str | None:
    """Give the `previousId` of an alias call, if any; it keeps the rules of every id.

    In other calls the field means nothing. Raises BadEvent.
    """
    return (_text(event, "previousId") or None) if event.get("type") == "alias" else None


def group(event: Mapping[str, Any]) -> str | None:
    """Give the id of the account that an event names, if any. Raises BadEvent.

    That is the `groupId` of a group call, which keeps the rules of every id but may be a whole
    number; else `context.groupId`, which is free as all of the context is (see `id_in`).
    """
    named = event.get("groupId") if event.get("type") == "group" else None
    if named is not None and not isinstance(named, str):
        if (digits := id_in(named)) is None:
            raise _wrong_type(event, "groupId", f"{_ID}, or a whole number")
        return digits
    if named:
        return _text(event, "groupId")
    return id_in(_within(event, "context", "groupId"))


def author(event: Mapping[str, Any]) -> str | None:
    """Give the `properties.author_id` of an event, if any; it is free (see `id_in`)."""
    return id_in(_within(event, "properties", "author_id"))


def id_in(value: object) -> str | None:
    """Read a free value as an id: a string, or a whole number as its digits.

    Whatever else is there, or is longer than an id, is as if it were not.
    """
    if type(value) is int and _LEAST_NUMBER <= value < _ENDLESS_NUMBER:
        return str(value)
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST else None


def history_arrival(event: Mapping[str, Any]) -> int:
    """Give the arrival of an event out of a file, ms: its `receivedAt`, else its `timestamp`.

    Raises BadEvent.
    """
    return instant(event, "receivedAt" if event.get("receivedAt") else "timestamp")


def instant(event: Mapping[str, Any], name: str) -> int:
    """Read the instant of that name, ms since the epoch. Raises BadEvent."""
    text = event.get(name)
    if text is None or text == "":
        raise _missing(name)
    if not isinstance(text, str):
        raise BadEvent("bad_timestamp", f"{name} is {_kind(text)}; {_WANTED_INSTANT}")
    try:
        ms = to_ms(msgspec.convert(text, _AWARE))
    except msgspec.ValidationError as error:
        raise BadEvent("bad_timestamp", f"{name} is not an instant; {_WANTED_INSTANT}") from error
    if not EARLIEST <= ms < LATEST:
        raise BadEvent("bad_timestamp", f"{name} is out of bounds; expected a year 1970 to 2999")
    return ms


def _customer(event: Mapping[str, Any]) -> str:
    """Give the id that the event is keyed by; both ids are checked."""
    known, device = _text(event, "userId"), _text(event, "anonymousId")
    customer = known or device
    if not customer:
        raise BadEvent("no_customer", "userId and anonymousId are absent; expected one of them")
    return customer


def _within(event: Mapping[str, Any], part: str, name: str) -> object:
    found = event.get(part)
    return found.get(name) if isinstance(found, dict) else None


def _required(event: Mapping[str, Any], name: str) -> str:
    text = _text(event, name)
    if not text:
        raise _missing(name)
    return text


def _text(event: Mapping[str, Any], name: str) -> str | None:
    """Give a string field; null and absent are the same."""
    value = event.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _wrong_type(event, name, _ID)
    if len(value) > LONGEST:
        raise BadEvent(
            "too_long", f"{name} has {len(value)} characters; expected at most {LONGEST}"
        )
    return value


def _missing(name: str) -> BadEvent:
    owner = "every track call" if name == "event" else "every event"
    return BadEvent("missing_field", f"{name} is absent; {owner} must have one")


def _wrong_type(event: Mapping[str, Any], name: str, expected: str) -> BadEvent:
    return BadEvent("wrong_type", f"{name} is {_kind(event[name])}; expected {expected}")


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "of another type")

"""Events as the engine takes them, out of the bytes of a message: the hot path.

Only what some model reads is decoded. The short way takes what is well formed; whatever it
cannot take goes the long way, by the rules of `topics.envelope`, which either says what is
wrong or finds nothing wrong. So which models run has no say in which events are good.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import msgspec

from journey.event import ANONYMOUS, PERSON, Event, Fields
from topics import catalogue, envelope
from topics.envelope import AUTHOR, EARLIEST, GROUP, LATEST, id_in
from topics.errors import BadEvent
from topics.fields import take_from_mapping
from topics.parse import not_json, parse
from topics.shortcut import Shortcut

_ENDLESS: Final = 1 << 63
_OWNERS: Final = frozenset({GROUP, AUTHOR})


class EventDecoder:
    """Decodes messages of the source topics, for readers of these fields.

    `fields` are paths from the event's root (`properties.price`, `context.groupId`). The numbers
    by which senders order their events (catalogue.yaml) are always read, and so is what tells
    whose an event is.
    """

    def __init__(self, fields: Collection[str]) -> None:
        names = catalogue.load()
        numbers = {entry.sequence for entry in names.entries.values() if entry.sequence}
        self._paths: Final = frozenset(fields) | numbers
        self._entries: Final = names.entries
        self._entry: Final = names.entry
        self._name_of_type: Final = names.types
        shortcut = Shortcut(self._paths | _OWNERS)
        self._read: Final = shortcut.decode
        self._ms_of: Final = shortcut.ms_of
        self._fields_of: Final = shortcut.fields_of

    def decode(self, value: bytes | None, arrival: int) -> Event:
        """Read one message's value; `arrival` is its arrival stamp, ms. Raises BadEvent."""
        try:
            raw = self._read(value.decode() if value else "")
            t = self._ms_of(raw.timestamp)
            fields = self._fields_of(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, RecursionError):
            return self._the_long_way(value, arrival)
        customer = raw.user_id or raw.anonymous_id
        named = raw.event or raw.type != "track"
        if not (customer and named and EARLIEST <= t < LATEST):
            return self._the_long_way(value, arrival)
        return self._event(raw, t, arrival, fields)

    def _event(self, raw: Any, t: int, arrival: int, fields: Fields) -> Event:
        name = raw.event if raw.type == "track" else self._name_of_type[raw.type]
        entry = self._entries.get(name) or self._entry(name)
        sequence = _number(fields.get(entry.sequence)) if entry.sequence else 0
        if raw.user_id:
            subject, device = PERSON + raw.user_id, raw.anonymous_id or None
        else:
            subject, device = ANONYMOUS + raw.anonymous_id, None
        group = self._take_id(GROUP, fields) if GROUP in fields else None
        author = self._take_id(AUTHOR, fields) if AUTHOR in fields else None
        # By position: with names this alone would take twice as long.
        return Event(
            subject,
            raw.message_id,
            t,
            arrival,
            entry.name,
            sequence,
            entry.rank,
            fields,
            device,
            None,
            group,
            author,
        )

    def _the_long_way(self, value: bytes | None, arrival: int) -> Event:
        event = parse(value)
        envelope.check(event)
        entry = self._entry(envelope.name_of(event))
        try:
            fields = take_from_mapping(event, self._paths)
        except RecursionError as error:
            raise not_json(error) from error
        return Event(
            subject=envelope.subject(event),
            message_id=event["messageId"],
            t=envelope.instant(event, "timestamp"),
            a=arrival,
            name=entry.name,
            sequence=_number(fields.get(entry.sequence)) if entry.sequence else 0,
            rank=entry.rank,
            fields=fields,
            device=envelope.device(event),
            formerly=envelope.formerly(event),
            group=envelope.group(event),
            author=envelope.author(event),
        )

    def _take_id(self, path: str, fields: Fields) -> str | None:
        """Read an id at a path; a value that no reader asked for does not stay."""
        return id_in(fields[path] if path in self._paths else fields.pop(path))


def arrival_of(stamp: int) -> int:
    """Take a message's stamp, ms. Raises BadEvent: a producer may stamp history at will."""
    if not EARLIEST <= stamp < LATEST:
        raise BadEvent(
            "bad_timestamp",
            "the message's own stamp is out of bounds; expected a year 1970 to 2999",
        )
    return stamp


def _number(value: Any) -> int:
    """Give a sequence number; whatever is no count is as if there were none."""
    return value if type(value) is int and 0 <= value < _ENDLESS else 0

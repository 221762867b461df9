"""Events as the engine takes them, out of the bytes of a message: the hot path.

Only what some model reads is decoded. The short way takes what is well formed; whatever it
cannot take goes the long way, by the rules of `topics.envelope`, which either says what is
wrong or finds nothing wrong. So which models run has no say in which events are good.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import msgspec

from journey.event import Event, Fields, anonymous, person
from journey.instant import to_ms
from topics import catalogue, envelope
from topics.envelope import AUTHOR, EARLIEST, GROUP, LATEST, id_in
from topics.fields import take_from_mapping
from topics.parse import not_json, parse, text_of
from topics.shortcut import Shortcut

_ENDLESS: Final = 1 << 63
_OWNERS: Final = frozenset({GROUP, AUTHOR})
_NAMING: Final = frozenset({"alias", "group"})
"""Calls whose own fields name an id: rare, and only the rules know all that may be wrong there."""

_Owners = tuple[str | None, str | None, str | None, str | None]
"""Device, former id, group, author."""


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
        self._entry: Final = names.entry
        self._name_of_type: Final = names.types
        self._shortcut: Final = Shortcut(self._paths | _OWNERS)

    def decode(self, value: bytes | None, arrival: int) -> Event:
        """Read one message's value; `arrival` is its arrival stamp, ms. Raises BadEvent."""
        text = text_of(value)
        try:
            raw = self._shortcut.decode(text)
            fields = self._shortcut.fields_of(raw)
        except (msgspec.ValidationError, OverflowError):
            return self._the_long_way(value, arrival)
        except (msgspec.DecodeError, RecursionError) as error:
            raise not_json(error) from error
        if raw.type in _NAMING:
            return self._the_long_way(value, arrival)
        t = to_ms(raw.timestamp)
        name = raw.event if raw.type == "track" else self._name_of_type[raw.type]
        customer = raw.user_id or raw.anonymous_id
        if not (customer and name and raw.message_id and EARLIEST <= t < LATEST):
            return self._the_long_way(value, arrival)
        group = self._take_id(GROUP, fields) if GROUP in fields else None
        author = self._take_id(AUTHOR, fields) if AUTHOR in fields else None
        subject = person(customer) if raw.user_id else anonymous(customer)
        device = raw.anonymous_id or None if raw.user_id else None
        owners = device, None, group, author
        return self._event(subject, raw.message_id, (t, arrival), name, fields, owners)

    def _the_long_way(self, value: bytes | None, arrival: int) -> Event:
        event = parse(value)
        envelope.check(event)
        stamps = envelope.instant(event, "timestamp"), arrival
        name = envelope.name_of(event)
        fields = take_from_mapping(event, self._paths)
        owners = (
            envelope.device(event),
            envelope.formerly(event),
            envelope.group(event),
            envelope.author(event),
        )
        subject = envelope.subject(event)
        return self._event(subject, event["messageId"], stamps, name, fields, owners)

    def _event(
        self,
        subject: str,
        message_id: str,
        stamps: tuple[int, int],
        name: str,
        fields: Fields,
        owners: _Owners,
    ) -> Event:
        entry = self._entry(name)
        sequence = _number(fields.get(entry.sequence)) if entry.sequence else 0
        t, a = stamps
        return Event(subject, message_id, t, a, entry.name, sequence, entry.rank, fields, *owners)

    def _take_id(self, path: str, fields: Fields) -> str | None:
        """Read an id at a path; a value that no reader asked for does not stay."""
        return id_in(fields[path] if path in self._paths else fields.pop(path))


def _number(value: Any) -> int:
    """Give a sequence number; whatever is no count is as if there were none."""
    return value if type(value) is int and 0 <= value < _ENDLESS else 0

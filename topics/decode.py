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
from topics.envelope import EARLIEST, LATEST
from topics.fields import take_from_mapping
from topics.parse import not_json, parse, text_of
from topics.shortcut import Shortcut

_ENDLESS: Final = 1 << 63


class EventDecoder:
    """Decodes messages of the source topics, for readers of these fields.

    `fields` are paths from the event's root (`properties.price`, `context.groupId`). The numbers
    by which senders order their events (catalogue.yaml) are always read.
    """

    def __init__(self, fields: Collection[str]) -> None:
        names = catalogue.load()
        numbers = {entry.sequence for entry in names.entries.values() if entry.sequence}
        self._paths: Final = frozenset(fields) | numbers
        self._entry: Final = names.entry
        self._name_of_type: Final = names.types
        self._shortcut: Final = Shortcut(self._paths)

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
        t = to_ms(raw.timestamp)
        name = raw.event if raw.type == "track" else self._name_of_type[raw.type]
        customer = raw.user_id or raw.anonymous_id
        if not (customer and name and raw.message_id and EARLIEST <= t < LATEST):
            return self._the_long_way(value, arrival)
        subject = person(customer) if raw.user_id else anonymous(customer)
        return self._event(subject, raw.message_id, (t, arrival), name, fields)

    def _the_long_way(self, value: bytes | None, arrival: int) -> Event:
        event = parse(value)
        envelope.check(event)
        stamps = envelope.instant(event, "timestamp"), arrival
        name = envelope.name_of(event)
        fields = take_from_mapping(event, self._paths)
        return self._event(envelope.subject(event), event["messageId"], stamps, name, fields)

    def _event(
        self, subject: str, message_id: str, stamps: tuple[int, int], name: str, fields: Fields
    ) -> Event:
        entry = self._entry(name)
        sequence = _number(fields.get(entry.sequence)) if entry.sequence else 0
        return Event(subject, message_id, *stamps, entry.name, sequence, entry.rank, fields)


def _number(value: Any) -> int:
    """Give a sequence number; whatever is no count is as if there were none."""
    return value if type(value) is int and 0 <= value < _ENDLESS else 0

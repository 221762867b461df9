"""A line as `send` and `replay` need it: an event, by the rules that the detector has."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Final, NamedTuple

import msgspec

from journey.event import Event
from topics import catalogue, envelope
from topics.decode import EventDecoder
from topics.errors import BadEvent
from touchstone.errors import WorkFailed
from touchstone.lines import Line

_RECEIVED: Final = "receivedAt"


class Outgoing(NamedTuple):
    """One event on its way: `t` when it happened, `received` when it first arrived, if it says.

    Both in ms since the epoch, UTC.
    """

    topic: str
    key: bytes
    t: int
    received: int | None

    @property
    def arrival(self) -> int:
        """When the event arrived, as history has it."""
        return self.t if self.received is None else self.received


@cache
def _decoder() -> EventDecoder:
    return EventDecoder((_RECEIVED,))


def outgoing(line: Line) -> Outgoing:
    """Decode a line. Raises WorkFailed, with the place, unless it is an event that can be used."""
    event, received = _read(line, _decoder())
    key = event.subject.partition(":")[2].encode()
    return Outgoing(catalogue.topic_of(event.name), key, event.t, received)


class HistoryDecoder:
    """Decodes lines for readers of some fields, as history that is sent would arrive."""

    def __init__(self, fields: Collection[str]) -> None:
        self._decoder = EventDecoder({*fields, _RECEIVED})
        self._asked = _RECEIVED in fields

    def decode(self, line: Line) -> Event:
        """Decode a line. Raises as `outgoing` does."""
        event, received = _read(line, self._decoder)
        if not self._asked:
            event.fields.pop(_RECEIVED, None)
        return msgspec.structs.replace(event, a=event.t if received is None else received)


def _read(line: Line, decoder: EventDecoder) -> tuple[Event, int | None]:
    """Decode a line; give with it when it was received, if it says."""
    try:
        event = decoder.decode(line.text, 0)
        received = event.fields.get(_RECEIVED)
        return event, envelope.instant({_RECEIVED: received}, _RECEIVED) if received else None
    except BadEvent as error:
        raise WorkFailed(f"{line.place}: {error}.") from error

"""A line as `send` and `replay` need it: an event, by the rules that the detector has."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

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
    try:
        event = _decoder().decode(line.text, 0)
        received = event.fields.get(_RECEIVED)
        arrival = envelope.instant({_RECEIVED: received}, _RECEIVED) if received else None
    except BadEvent as error:
        raise WorkFailed(f"{line.place}: {error}.") from error
    key = event.subject.partition(":")[2].encode()
    return Outgoing(catalogue.topic_of(event.name), key, event.t, arrival)


def event_of(line: Line, decoder: EventDecoder) -> Event:
    """Decode a line for an engine, as history that is sent would arrive. Raises as `outgoing`."""
    arrival = outgoing(line).arrival
    try:
        return decoder.decode(line.text, arrival)
    except BadEvent as error:
        raise WorkFailed(f"{line.place}: {error}.") from error

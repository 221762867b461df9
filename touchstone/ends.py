"""Where every partition of the source topics ends: how far the history in it has come."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from aiokafka import TopicPartition

from topics.connection import Connection
from topics.contracts import SOURCES
from topics.decode import EventDecoder
from topics.errors import BadEvent
from topics.marks import mark_of
from touchstone.batches import Place
from touchstone.reading import Reader, Record, reading

_FIRST_LOOK: Final = 8
"""How many messages from the end are looked at first; eight times as many each time after."""


class End(NamedTuple):
    """The last usable message of a partition: the arrival of an event, or a mark's clock, ms."""

    clock: int
    is_mark: bool

    def covers(self, arrival: int) -> bool:
        """Say whether all events that arrived at that instant (ms) are in the partition.

        Arrivals never fall within a partition, and a mark comes after all of its instant.
        """
        return arrival < self.clock or (self.is_mark and arrival == self.clock)


Ends = dict[Place, End]
"""By partition; those without a usable message are absent."""


async def ends_of(bootstrap: Connection) -> Ends:
    """Look at the end of every source partition.

    Raises Missing where the broker does not answer or has no such topics.
    """
    found: Ends = {}
    async with reading(bootstrap) as reader:
        for place in (place for topic in SOURCES for place in reader.places(topic)):
            end = await _end(reader, place)
            if end is not None:
                found[place.topic, place.partition] = end
    return found


async def history_end(bootstrap: Connection) -> int:
    """Give how far the history that was sent has come, ms; 0 before any. Raises as ends_of does."""
    return max((end.clock for end in (await ends_of(bootstrap)).values()), default=0)


async def _end(reader: Reader, place: TopicPartition) -> End | None:
    """Look from the end backwards, in steps that grow, past what is of no use to anybody."""
    begin, until = await reader.extent(place)
    look = _FIRST_LOOK
    while until > begin:
        start = max(begin, until - look)
        seen = [_read(record) async for record in reader.between(place, start, until)]
        if usable := [end for end in seen if end is not None]:
            return usable[-1]
        look, until = look * 8, start
    return None


def _read(record: Record) -> End | None:
    """Read a message as the detector does: a mark, an event, or a dead letter, which is None."""
    try:
        mark = mark_of(record.headers) if not record.value else None
        if mark is not None:
            return End(mark, is_mark=True)
        _decoder().decode(record.value, record.timestamp)
    except BadEvent:
        return None
    return End(record.timestamp, is_mark=False)


@cache
def _decoder() -> EventDecoder:
    return EventDecoder(())

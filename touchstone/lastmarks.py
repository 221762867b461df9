"""The last clock mark of every partition of every source."""

from __future__ import annotations

from typing import Final

from aiokafka import TopicPartition

from topics.contracts import SOURCES
from topics.marks import mark_of
from touchstone.reading import Reader, reading

_FIRST_LOOK: Final = 1_000
"""How many messages from the end are looked at first; four times as many each time after."""


async def last_marks(bootstrap: str) -> list[int | None]:
    """Give, one a source partition, the clock (ms) of its last mark, or None where it has none.

    Raises Missing where the broker does not answer or has no such topics.
    """
    async with reading(bootstrap) as reader:
        places = [place for topic in SOURCES for place in reader.places(topic)]
        return [await _last_mark(reader, place) for place in places]


async def _last_mark(reader: Reader, place: TopicPartition) -> int | None:
    """Look from the end backwards, in steps that grow, until a mark is found."""
    begin, until = await reader.extent(place)
    look = _FIRST_LOOK
    while until > begin:
        start = max(begin, until - look)
        clocks = [mark_of(record.headers) async for record in reader.between(place, start, until)]
        if found := [clock for clock in clocks if clock is not None]:
            return found[-1]
        look, until = look * 4, start
    return None

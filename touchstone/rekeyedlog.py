"""The topic `events.rekeyed` as verify reads it: that each forward was made, and made once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec
from aiokafka import TopicPartition

from journey.event import Event
from topics.contracts import REKEYED
from topics.decode import EventDecoder
from topics.errors import BadEvent
from topics.rekeyed import origin_of
from touchstone.findings import Findings
from touchstone.reading import Reader, Record
from touchstone.sourcelog import Committed, Sent, SourceLog

Source = tuple[str, int, int]
"""Topic, partition and offset."""


class _Hop(msgspec.Struct, frozen=True):
    """An event on its way, and the offset at which it is in its customer's partition."""

    offset: int
    event: Event


class RekeyedLog:
    """Where forwarded events came from. Reads on from where it was each time.

    `cut` are the partitions of which retention has removed the beginning.
    """

    def __init__(self, reader: Reader, decoder: EventDecoder) -> None:
        self._reader = reader
        self._decoder = decoder
        self._read: Committed = {}
        self._hops: dict[TopicPartition, list[_Hop]] = {}
        self.origins: Counter[Source] = Counter()
        self.cut: set[int] = set()

    async def read(self) -> None:
        """Read on to the present ends."""
        for place in self._reader.places(REKEYED):
            begin, end = await self._reader.extent(place)
            start = max(begin, self._read.get(place, 0))
            if begin and place not in self._read:
                self.cut.add(place.partition)
            async for record in self._reader.between(place, start, end):
                self._take(place, record)
            self._read[place] = max(start, end)

    def place_folded(self, sources: SourceLog, until: Committed) -> None:
        """Put what is committed of the forwarded events with their customers' others."""
        for place, hops in self._hops.items():
            folded = [hop for hop in hops if hop.offset < until.get(place, 0)]
            self._hops[place] = hops[len(folded) :]
            for hop in folded:
                sources.place_home(hop.event)

    def under_way(self) -> set[str]:
        """Give the subjects whose events are forwarded and not folded yet."""
        return {hop.event.subject for hops in self._hops.values() for hop in hops}

    def _take(self, place: TopicPartition, record: Record) -> None:
        try:
            origin = origin_of(record.headers)
            event = self._decoder.decode(record.value, origin.arrival)
        except BadEvent:
            return  # not the detector's: it is in the dead letters
        self.origins[origin.topic, origin.partition, origin.offset] += 1
        self._hops.setdefault(place, []).append(_Hop(record.offset, event))


def check_forwards(sent: Iterable[Sent], origins: Counter[Source]) -> dict[str, Findings]:
    """Give, by subject, the events that had to be forwarded and were not once in the topic."""
    found: dict[str, Findings] = {}
    for one in sent:
        times = origins[*one.place, one.offset]
        if times != 1:
            findings = found.setdefault(one.event.subject, Findings())
            where = f"{one.place.topic}/{one.place.partition}/{one.offset}"
            if times:
                findings.repeat(f"{where} was forwarded {times} times")
            else:
                findings.lose(f"{where} was not forwarded to its customer's")
    return found

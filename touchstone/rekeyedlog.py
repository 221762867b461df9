"""The topic `events.rekeyed` as verify reads it: what was forwarded, and from where."""

from __future__ import annotations

import msgspec
from aiokafka import TopicPartition

from journey.engine import Engine
from journey.event import Event
from topics.contracts import REKEYED
from topics.decode import EventDecoder
from topics.errors import BadEvent
from topics.rekeyed import origin_of
from touchstone.reading import Reader, Record
from touchstone.sourcelog import Committed, Extents, Source, SourceLog, letter_key


class _Hop(msgspec.Struct, frozen=True):
    """An event on its way, and the offset at which it is in its customer's partition."""

    offset: int
    event: Event


class RekeyedLog:
    """Where forwarded events came from. Reads on from where it was each time.

    `arrived` are all of them by where they came first, `fresh` what came with the last reading.
    What a detector makes a dead letter of is in `refused`, with the key of that letter.
    """

    def __init__(self, reader: Reader, engine: Engine, sources: SourceLog) -> None:
        self._reader = reader
        self._engine = engine
        self._decoder = EventDecoder(engine.fields)
        self._sources = sources
        self._begins: Committed = {}
        self._read: Committed = {}
        self._hops: dict[TopicPartition, list[_Hop]] = {}
        self.arrived: dict[Source, list[Event]] = {}
        self.fresh: set[Source] = set()
        self.refused: dict[Source, bytes | None] = {}

    @property
    def cut(self) -> set[int]:
        """The numbers of the partitions of which retention has removed the beginning."""
        return {place.partition for place, begin in self._begins.items() if begin}

    async def read(self) -> None:
        """Read on to the present ends."""
        self.fresh = set()
        for place in self._reader.places(REKEYED):
            begin, end = await self._reader.extent(place)
            start = max(begin, self._read.get(place, 0))
            self._begins.setdefault(place, begin)
            async for record in self._reader.between(place, start, end):
                self._take(place, record)
            self._read[place] = max(start, end)

    def extents(self, until: Committed) -> Extents:
        """Give what of each partition is there and was folded."""
        return {place: range(begin, until.get(place, 0)) for place, begin in self._begins.items()}

    def place_folded(self, until: Committed) -> None:
        """Put what is committed of the forwarded events with their customers' others."""
        for place, hops in self._hops.items():
            folded = [hop for hop in hops if hop.offset < until.get(place, 0)]
            self._hops[place] = hops[len(folded) :]
            for hop in folded:
                self._sources.place_home(hop.event)

    def under_way(self) -> set[str]:
        """Give the subjects whose events are forwarded and not folded yet."""
        return {hop.event.subject for hops in self._hops.values() for hop in hops}

    def _take(self, place: TopicPartition, record: Record) -> None:
        here = (*place, record.offset)
        try:
            origin = origin_of(record.headers, record.timestamp)
            event = self._decoder.decode(record.value, origin.arrival)
        except BadEvent:
            self.refused[here] = letter_key(record)
            return
        source = origin.topic, origin.partition, origin.offset
        self.arrived.setdefault(source, []).append(event)
        self.fresh.add(source)
        is_home = self._sources.number_of(event.subject) == place.partition
        if is_home and self._engine.refusal(event) is None:
            self._hops.setdefault(place, []).append(_Hop(record.offset, event))
        else:
            self.refused[here] = letter_key(record)

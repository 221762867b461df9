"""The source topics as verify and replay read them: what was committed, at which clock."""

from __future__ import annotations

from collections import defaultdict

import msgspec
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from journey.engine import Engine
from journey.event import Event
from topics.contracts import GROUP, READ, SOURCES
from topics.deadletters import LARGEST, size_of
from topics.decode import EventDecoder, arrival_of
from topics.errors import BadEvent
from topics.groups import committed
from topics.marks import mark_of
from topics.partition import partition_of
from touchstone.errors import Missing
from touchstone.reading import Reader, Record

Committed = dict[TopicPartition, int]
Extents = dict[TopicPartition, range]
"""Which offsets of a partition are there and were read."""
Source = tuple[str, int, int]
"""Topic, partition and offset of a record."""


class Standing(msgspec.Struct, frozen=True):
    """How far the detectors have come: offsets a source partition, clocks (ms) a number."""

    offsets: Committed
    clocks: dict[int, int]

    def moved_to(self, later: Standing) -> set[int]:
        """Give the partition numbers in which more was committed by then."""
        offsets = {place.partition for place, _ in self.offsets.items() ^ later.offsets.items()}
        return offsets | {number for number, _ in self.clocks.items() ^ later.clocks.items()}


class _Published(msgspec.Struct):
    clock: int | None = None


async def standing(client: AIOKafkaAdminClient) -> Standing:
    """Read the committed offsets of the detectors' group and the clocks beside them.

    Raises KafkaError.
    """
    offsets: Committed = {}
    clocks: dict[int, int] = {}
    for place, one in (await committed(client, GROUP)).items():
        if place.topic in READ:
            offsets[place] = one.offset
            clock = msgspec.json.decode(one.metadata or "{}", type=_Published).clock
            if clock is not None:
                clocks[place.partition] = max(clock, clocks.get(place.partition, 0))
    return Standing(offsets, clocks)


class SourceLog:
    """The usable events of the source topics, by their customer's partition number and subject.

    Reads on from where it was each time. An event that came to another number than its customer's
    is in `misplaced`, and has to be forwarded. What cannot be decoded, forwarded or admitted is in
    `refused`, with the key of its dead letter. `extents` say what was read.
    `cut` are the numbers of whose topics retention has removed the beginning, each with an instant
    (ms) from which on all arrivals are there.
    """

    def __init__(self, reader: Reader, engine: Engine) -> None:
        self._reader = reader
        self._engine = engine
        self._decoder = EventDecoder(engine.fields)
        self.extents: Extents = {}
        self._count = len(reader.places(SOURCES[0]))
        self.events: dict[int, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
        self.misplaced: dict[Source, Event] = {}
        self.refused: dict[Source, bytes | None] = {}
        self.last_arrival: dict[int, int] = {}
        self.cut: dict[int, int] = {}

    async def read(self, until: Committed | None = None) -> None:
        """Read on to these offsets, or to the ends. Raises Missing where it cannot go on."""
        for topic in SOURCES:
            for place in self._reader.places(topic):
                begin, end = await self._reader.extent(place)
                read = self.extents.get(place, range(begin, 0))
                start = read.stop
                if begin > start:
                    await self._note_cut(place, begin, end, start)
                stop = end if until is None else until.get(place, 0)
                async for record in self._reader.between(place, max(start, begin), stop):
                    self._take(place, record)
                self.extents[place] = range(read.start, max(start, stop))

    def subjects(self) -> set[str]:
        """Give all subjects that have events, here or still to be forwarded."""
        home = {subject for subjects in self.events.values() for subject in subjects}
        return home | {event.subject for event in self.misplaced.values()}

    def number_of(self, subject: str) -> int:
        """Give the partition number that a subject's events belong to."""
        return partition_of(subject.partition(":")[2].encode(), self._count)

    def place_home(self, event: Event) -> None:
        """Put an event with its customer's others."""
        self.events[self.number_of(event.subject)][event.subject].append(event)

    async def _note_cut(self, place: TopicPartition, begin: int, end: int, start: int) -> None:
        """Note that what was before `begin` is gone, and from when on the rest goes."""
        if start:
            raise Missing(
                f"{place.topic}/{place.partition} begins at offset {begin} by now: what was after "
                f"{start} was removed before it was read; run it again."
            )
        first = await self._reader.one(place.topic, place.partition, begin) if begin < end else None
        kept_from = first.timestamp if first else -1
        self.cut[place.partition] = max(kept_from, self.cut.get(place.partition, -1))

    def _take(self, place: TopicPartition, record: Record) -> None:
        try:
            mark = mark_of(record.headers) if not record.value else None
            event = None if mark is not None else self._decode(record)
        except BadEvent:
            self._refuse(place, record)
            return
        number = place.partition
        self.last_arrival[number] = max(record.timestamp, self.last_arrival.get(number, 0))
        if event is None:
            return
        is_home = self.number_of(event.subject) == number
        if is_home:
            self.place_home(event)
        if self._engine.refusal(event) is not None or not (is_home or _can_be_kept(record)):
            self._refuse(place, record)
        elif not is_home:
            self.misplaced[*place, record.offset] = event

    def _decode(self, record: Record) -> Event:
        return self._decoder.decode(record.value, arrival_of(record.timestamp))

    def _refuse(self, place: TopicPartition, record: Record) -> None:
        self.refused[*place, record.offset] = letter_key(record)


def letter_key(record: Record) -> bytes | None:
    """Give the key that the dead letter of a record has: none where it was too large to keep."""
    return record.key if _can_be_kept(record) else None


def _can_be_kept(record: Record) -> bool:
    """Say whether a record is small enough to be written once more, with headers that say why."""
    return size_of(record.key, record.value, record.headers) <= LARGEST

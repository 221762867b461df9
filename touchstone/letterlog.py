"""The topic `dead-letters` as verify reads it: which records have a letter, and how many."""

from __future__ import annotations

from collections import Counter

from aiokafka import TopicPartition

from topics.contracts import DEAD_LETTERS
from topics.deadletters import source_of
from topics.partition import partition_of
from touchstone.errors import Missing
from touchstone.reading import Reader, Record
from touchstone.sourcelog import Source


class LetterLog:
    """Where the dead letters came from. Reads on from where it was each time.

    `fresh` are the sources of what came with the last reading. `nameless` are the letters that do
    not say where they came from, by PARTITION-OFFSET.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._read: dict[TopicPartition, int] = {}
        self._cut: set[int] = set()
        self._first: dict[tuple[int, str, int], int] = {}
        self.sources: Counter[Source] = Counter()
        self.fresh: set[Source] = set()
        self.nameless: list[str] = []

    async def read(self) -> None:
        """Read on to the present ends. Raises Missing where retention goes faster than this."""
        self.fresh = set()
        for place in self._reader.places(DEAD_LETTERS):
            begin, end = await self._reader.extent(place)
            start = self._read.get(place, 0)
            if begin > start:
                self._note_cut(place, begin, start)
            async for record in self._reader.between(place, max(start, begin), end):
                self._take(place, record)
            self._read[place] = max(start, end)

    def may_be_gone(self, source: Source, key: bytes | None) -> bool:
        """Say whether retention may have removed the letter, with this key, of a record.

        Letters of one partition come in the order of its offsets.
        """
        topic, number, offset = source
        count = len(self._reader.places(DEAD_LETTERS))
        place = number % count if key is None else partition_of(key, count)
        if place not in self._cut:
            return False
        first = self._first.get((place, topic, number))
        return first is None or offset < first

    def _note_cut(self, place: TopicPartition, begin: int, start: int) -> None:
        if start:
            raise Missing(
                f"{place.topic}/{place.partition} begins at offset {begin} by now: what was after "
                f"{start} was removed before it was read; run it again."
            )
        self._cut.add(place.partition)

    def _take(self, place: TopicPartition, record: Record) -> None:
        source = source_of(record.headers)
        if source is None:
            self.nameless.append(f"{place.partition}-{record.offset}")
            return
        topic, number, offset = source
        self._first.setdefault((place.partition, topic, number), offset)
        self.sources[source] += 1
        self.fresh.add(source)

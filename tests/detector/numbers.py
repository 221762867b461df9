"""Several partition numbers without a broker: their topics are lists, their time is a number.

An event may be sent to any number. Each number reads, flushes, looks at the ends and restarts by
itself, in any interleaving; a look is taken step by step, as over a network.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec
from aiokafka import TopicPartition

from journey.instant import format_instant, parse_instant
from journey.replaying import last_words, replay
from journey.said import Transition
from services.detector.clock import WallClock, parse_published
from services.detector.forwarding import forward_clock
from services.detector.limits import Limits
from services.detector.partition import Partition
from services.detector.records import Committed, RecordSet, Work
from services.detector.stores.memory import MemoryCopy
from tests.detector.driver import START, Piped
from tests.detector.shop import engine
from topics.contracts import READ, REKEYED, SOURCES, TRANSITIONS
from topics.decode import EventDecoder
from topics.envelope import topic_for
from topics.partition import partition_of

COUNT = 3
CUSTOMERS = tuple(f"u{number}" for number in range(6))


class Number:
    """One partition number's worker: what it committed, and what it holds in memory."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.states = MemoryCopy()
        self.committed = {TopicPartition(topic, number): Committed(0, "") for topic in READ}
        self.restart()

    def restart(self) -> None:
        """Begin again with what was committed."""
        self.looking: Iterator[None] | None = None
        positions = {place.topic: one.position for place, one in self.committed.items()}
        published = parse_published(one.metadata for one in self.committed.values())
        self.partition = Partition(
            self.number,
            COUNT,
            engine(),
            EventDecoder(engine().fields),
            self.states,
            positions,
            WallClock(positions, published),
            Limits(),
        )

    def commit(self, work: Work) -> None:
        """Take what a transaction has made durable."""
        self.states.commit(work.states, None, 0)
        for topic, position in work.offsets.items():
            self.committed[TopicPartition(topic, self.number)] = Committed(position, work.metadata)
        self.partition.committed()


class Numbers:
    """All partition numbers, their topics, and what they have said."""

    def __init__(self) -> None:
        self.now = START
        self.log: dict[TopicPartition, list[Piped]] = defaultdict(list)
        self.all = [Number(number) for number in range(COUNT)]
        self.said: list[Transition] = []
        self._sent = 0

    def send(self, name: str, who: str, to: int, ago: int = 0, **properties: Any) -> None:
        """Write an event that happened `ago` ms before to the partition `to`."""
        self._sent += 1
        body = {
            "messageId": f"m{self._sent}",
            "type": "track",
            "event": name,
            "userId": who,
            "timestamp": format_instant(self.now - ago),
            "properties": properties,
        }
        log = self.log[TopicPartition(topic_for(body), to)]
        log.append(Piped(len(log), self.now, who.encode(), msgspec.json.encode(body)))

    def read(self, number: int, topic: str, most: int = 1_000) -> None:
        """Let a number fold what is next in one of its topics."""
        log = self.log[TopicPartition(topic, number)]
        at = self.all[number].partition.positions[topic]
        until = min(len(log), at + most)
        self.all[number].partition.fold(RecordSet(topic, number, log[at:until], at, until))

    def flush(self, number: int) -> None:
        """Let a number commit what it has folded."""
        one = self.all[number]
        flush = one.partition.take(even_if_idle=True)
        if flush is None:
            return
        one.commit(flush.work)
        for out in flush.work.outgoing:
            if out.topic == REKEYED:
                log = self.log[TopicPartition(REKEYED, out.partition or 0)]
                log.append(
                    Piped(len(log), out.timestamp or 0, out.key, out.value, list(out.headers))
                )
            elif out.topic == TRANSITIONS:
                self._hear(msgspec.json.decode(out.value or b"", type=Transition))

    def look(self, number: int) -> None:
        """Let a number ask the next of the questions that move its clock."""
        one = self.all[number]
        if one.looking is None:
            one.looking = self._look(one)
        if next(one.looking, "done") == "done":
            one.looking = None

    def settle(self) -> None:
        """Let everybody read, commit and look until nothing more happens."""
        for _ in range(4):
            for number in range(COUNT):
                for topic in READ:
                    self.read(number, topic)
                self.flush(number)
            for number in range(COUNT):
                self.all[number].looking = None
                for _ in self._look(self.all[number]):
                    pass
                self.flush(number)

    def expected(self, who: str, clock: int, arrived_by: int | None = None) -> list[Transition]:
        """Fold all that was sent of a customer, wherever, or what had arrived by an instant."""
        decoder = EventDecoder(engine().fields)
        events = [
            decoder.decode(record.value, record.timestamp)
            for place, log in self.log.items()
            if place.topic != REKEYED
            for record in log
            if record.key == who.encode()
            if arrived_by is None or record.timestamp <= arrived_by
        ]
        return replay(engine(), f"person:{who}", events, clock).transitions

    def clock_of(self, who: str) -> int:
        """Give the clock of a customer's number."""
        return self.all[partition_of(who.encode(), COUNT)].partition.clock.now

    def _look(self, one: Number) -> Iterator[None]:
        instant = self.now
        yield
        ends = {
            TopicPartition(source, number): len(self.log[TopicPartition(source, number)])
            for source in SOURCES
            for number in range(COUNT)
        }
        yield
        committed = {place: it for each in self.all for place, it in each.committed.items()}
        forwarded = forward_clock(range(COUNT), ends, committed, instant)
        yield
        clock = one.partition.clock
        for source in SOURCES:
            clock.barrier(source, instant, ends[TopicPartition(source, one.number)])
        if forwarded is not None:
            clock.barrier(REKEYED, forwarded, len(self.log[TopicPartition(REKEYED, one.number)]))
        one.partition.tick()

    def _hear(self, word: Transition) -> None:
        self.said.append(word)
        if word.to == "missed":
            self._assert_that_it_was_missed(word)

    def _assert_that_it_was_missed(self, word: Transition) -> None:
        """Nothing is called missed while an answer that had arrived waits somewhere."""
        at = parse_instant(word.at)
        then = self.expected(word.subject.removeprefix("person:"), at, arrived_by=at)
        assert last_words(then)[word.instance].to == "missed", f"said early: {word}"

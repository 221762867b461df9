"""All partition numbers with their topics: a model of the hops in which everything interleaves.

Numbers read, commit and restart by themselves. A commit is three things: messages are written,
offsets are committed, readers get the messages; a look is four questions. What the rules forbid
is asserted wherever it could happen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache
from typing import NamedTuple

from aiokafka import TopicPartition

from journey.attribution import Attribution
from journey.engine import Engine, EngineSettings
from journey.event import Event
from journey.instant import DAY
from services.detector.forwarding import forward_clock
from services.detector.hops.messages import Give, Message, Tell
from services.detector.hops.rounds import Reached
from services.detector.records import Committed
from tests.detector.hops.number import Flat, Number, flat
from tests.detector.hops.topics import Log, Transaction
from topics.contracts import EVENTS_WEB, REKEYED, SOURCES

COUNT = 3
START = 100 * DAY
EVERYTHING = 1_000
ALLOWANCE = 1
"""More may yet arrive in the millisecond that it is, and clocks differ."""


class Seen(NamedTuple):
    """What a look has found.

    `instant` is when it was begun, `forwarded` the forward clock, `end` where the number's own
    `events.rekeyed` ended, `known` what the rounds tell.
    """

    instant: int
    forwarded: int | None
    end: int
    known: int | None


class Network:
    """The numbers, their logs, and the time."""

    number_of = Number

    def __init__(self, settings: EngineSettings) -> None:
        self.now = START
        self.engine = Engine((), settings)
        self.sources: list[list[Event]] = [[] for _ in range(COUNT)]
        self.rekeyed = [Log(number) for number in range(COUNT)]
        self.numbers = [self.number_of(number, COUNT, settings) for number in range(COUNT)]
        self.admitted: list[Event] = []
        self.looking: list[Iterator[None] | None] = [None] * COUNT
        self._under_way: Counter[tuple[str, str]] = Counter()
        self._told: set[object] = set()
        self._expected = cache(self._attributed)

    def send(self, event: Event, to: int) -> None:
        """Let an event arrive at a partition; what is not admitted counts for nothing."""
        if self.engine.refusal(event) is None:
            self.admitted.append(event)
            self.sources[to].append(event)

    def read_sources(self, number: int, most: int) -> None:
        self.numbers[number].read_sources(self.sources[number], most)

    def read_rekeyed(self, number: int, most: int) -> None:
        self.numbers[number].read_rekeyed(self.rekeyed[number], most)

    def commit(self, number: int) -> None:
        """Commit, as far as offsets show it: readers do not get yet what was written."""
        self.write(number)
        self.decide(number)

    def write(self, number: int) -> None:
        """Begin a transaction and write all messages."""
        one = self.numbers[number]
        self.mark(number)
        if one.transaction is None:
            one.transaction = Transaction(number)
            one.flying = one.take()
            for message in one.flying[0]:
                to = one.exchange.home_of(message.to)
                self.rekeyed[to].records.append((message, one.transaction))

    def decide(self, number: int) -> None:
        """Make durable what was written, if anything was."""
        one = self.numbers[number]
        if one.transaction is not None and one.transaction.state == "open":
            one.transaction.state = "decided"
            outgoing, one.committed = one.flying
            for message in outgoing:
                self._assert_said_once(message)

    def mark(self, number: int, logs: Collection[int] = range(COUNT)) -> None:
        """Let readers of some logs get what was decided."""
        transaction = self.numbers[number].transaction
        if transaction is not None and transaction.state == "decided":
            transaction.marked |= set(logs)
            if len(transaction.marked) == COUNT:
                self.numbers[number].transaction = None

    def restart(self, number: int) -> None:
        """Kill a worker and start another: it waits until what was decided is marked."""
        self.mark(number)
        self.numbers[number].restart()
        self.looking[number] = None

    def look(self, number: int, steps: int = EVERYTHING) -> None:
        """Let a number ask the next of the questions that move its clock."""
        looking = self.looking[number] or self._look(self.numbers[number])
        self.looking[number] = looking
        for _ in range(steps):
            if next(looking, "done") == "done":
                self.looking[number] = None
                return

    def settle(self) -> None:
        """Let everybody go on until nothing more happens; it must come to an end."""
        self.now += ALLOWANCE
        for _ in range(60):
            for number in range(COUNT):
                self.decide(number)
                self.mark(number)
                self.read_sources(number, EVERYTHING)
                self.read_rekeyed(number, EVERYTHING)
                self.commit(number)
                self.mark(number)
            for number in range(COUNT):
                self.looking[number] = None
                self.look(number)
            if all(one.clock.now == self.now - ALLOWANCE for one in self.numbers):
                return
        raise AssertionError(f"clocks stand: {[one.clock.now for one in self.numbers]}")

    def journeys(self) -> Counter[Flat]:
        """Give all events of all journeys, as committed."""
        return sum((one.committed.journeys for one in self.numbers), Counter())

    def rekeyed_end(self, log: Log) -> int:
        """Say where a partition of `events.rekeyed` ends, for the clock."""
        return log.high_watermark

    def allowed(self, seen: Seen) -> tuple[int, int] | None:
        """Say up to which instant nothing more comes from others, once so much is read."""
        return None if seen.known is None else (seen.known, 0)

    def _look(self, one: Number) -> Iterator[None]:
        instant = self.now - ALLOWANCE
        yield
        ends = {
            TopicPartition(source, number): len(self.sources[number]) * (source == EVENTS_WEB)
            for source in SOURCES
            for number in range(COUNT)
        }
        yield
        committed = self._committed()
        reached = {
            number: Reached(it.committed.positions[REKEYED], it.committed.published.trail)
            for number, it in enumerate(self.numbers)
        }
        forwarded = forward_clock(range(COUNT), ends, committed, instant)
        one.rounds.committed(reached)
        yield
        if forwarded is not None:
            log_ends = {log.number: self.rekeyed_end(log) for log in self.rekeyed}
            one.rounds.begin(forwarded, reached, log_ends)
        own = {place.topic: end for place, end in ends.items() if place.partition == one.number}
        end = self.rekeyed_end(self.rekeyed[one.number])
        one.tick(instant, own, self.allowed(Seen(instant, forwarded, end, one.rounds.known)))
        self._assert_that_nothing_is_missing(one)

    def _committed(self) -> dict[TopicPartition, Committed]:
        return {
            TopicPartition(topic, number): Committed(position, one.committed.published.text())
            for number, one in enumerate(self.numbers)
            for topic, position in one.committed.positions.items()
        }

    def _assert_said_once(self, message: Message) -> None:
        """No link is told twice, and nothing is given or withdrawn twice in a row."""
        if isinstance(message, Tell):
            assert (message.to, message.link) not in self._told, f"told twice: {message}"
            self._told.add((message.to, message.link))
            return
        key = message.item.key if isinstance(message, Give) else message.key
        held = self._under_way[message.to, key]
        assert held == (not isinstance(message, Give)), f"said twice, or withdrawn first: {message}"
        self._under_way[message.to, key] += 1 if isinstance(message, Give) else -1

    def _assert_that_nothing_is_missing(self, one: Number) -> None:
        """At its clock a number's journeys hold what they must of all that had arrived by then.

        Where something later makes a difference to whose events are, it may or may not be taken
        into account already: then nothing is asserted.
        """
        by_then = sum(event.a <= one.clock.now for event in self.admitted)
        if any(_makes_a_difference(event) for event in self.admitted[by_then:]):
            return
        arrived = {(event.message_id, event.t, event.a) for event in self.admitted[:by_then]}
        there = {event: n for event, n in one.journeys.items() if event[1:4] in arrived}
        expected = {
            event: n
            for event, n in self._expected(by_then).items()
            if one.exchange.home_of(event[0]) == one.number
        }
        assert there == expected, f"by the clock, {one.clock.now}, number {one.number} must hold"

    def _attributed(self, count: int) -> Counter[Flat]:
        subjects = Attribution(self.engine, self.admitted[:count]).subjects
        return Counter(flat(event) for events in subjects.values() for event in events)


def _makes_a_difference(event: Event) -> bool:
    return any(one is not None for one in (event.device, event.formerly, event.group))

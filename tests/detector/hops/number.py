"""One partition number's worker: what it has committed, and what it holds in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from journey.engine import EngineSettings
from journey.event import Event
from services.detector.clock import Published, WallClock
from services.detector.hops.course import Move
from services.detector.hops.exchange import Exchange
from services.detector.hops.messages import Message
from services.detector.hops.rounds import Rounds, Trail
from tests.detector.hops.topics import Log, Transaction
from topics.contracts import EVENTS_WEB, REKEYED, SOURCES

Flat = tuple[str, str, int, int, str, str | None, str]
"""An event of a journey, as the oracle of attribution writes it."""


def flat(event: Event) -> Flat:
    fields = repr(sorted(event.fields.items()))
    return (
        event.subject,
        event.message_id,
        event.t,
        event.a,
        event.name,
        event.account,
        fields,
    )


@dataclass
class Durable:
    """What one transaction makes durable: offsets, metadata, and all states."""

    positions: dict[str, int] = field(default_factory=lambda: {EVENTS_WEB: 0, REKEYED: 0})
    published: Published = field(default_factory=Published)
    states: dict[str, bytes] = field(default_factory=dict)
    journeys: Counter[Flat] = field(default_factory=Counter)


class Number:
    """Reads, commits and restarts; whoever drives it holds the logs."""

    def __init__(self, number: int, count: int, settings: EngineSettings) -> None:
        self.number = number
        self._count = count
        self._settings = settings
        self.committed = Durable()
        self.transaction: Transaction | None = None
        self.flying: tuple[list[Message], Durable] = ([], self.committed)
        self.restart()

    def restart(self) -> None:
        """Begin again with what was committed; a transaction that was not is aborted."""
        if self.transaction is not None and self.transaction.state == "open":
            self.transaction.state = "aborted"
        self.transaction = None
        was = self.committed
        self.positions = dict(was.positions)
        self.states = dict(was.states)
        self.journeys = Counter(was.journeys)
        self.exchange = Exchange(self.number, self._count, self._settings, self.states)
        at = {source: was.positions.get(source, 0) for source in (*SOURCES, REKEYED)}
        self.clock = WallClock(at, was.published)
        self.trail = Trail(was.published.trail)
        self.rounds = Rounds()

    @property
    def cut(self) -> int:
        """Below it (ms, event time) everything is in bases."""
        return self.clock.now - self.horizon

    @property
    def horizon(self) -> int:
        return max(self._settings.lateness, self._settings.merge)

    def read_sources(self, log: list[Event], most: int) -> None:
        """Take what is next of the source topic; those that are not admitted were left out."""
        begin = self.positions[EVENTS_WEB]
        for offset, event in enumerate(log[begin : begin + most], begin):
            self._assert_in_time(event.a)
            self.exchange.come(event, f"{EVENTS_WEB}/{self.number}/{offset}")
            self.positions[EVENTS_WEB] = offset + 1
            self.clock.folded(EVENTS_WEB, offset + 1, event.a)
        self._move()

    def read_rekeyed(self, log: Log, most: int) -> None:
        """Take what is next of what others sent here."""
        begin = self.positions[REKEYED]
        end = min(log.last_stable, begin + most)
        for offset, message in log.read(begin, end):
            self._assert_in_time(message.cause)
            if self.exchange.hear(message):
                self.trail.sent(offset, message.cause)
        self.positions[REKEYED] = end
        self.clock.folded(REKEYED, end, None)
        self._move()

    def take(self) -> tuple[list[Message], Durable]:
        """Give what the next transaction writes, and what it makes durable with it."""
        outgoing, changed = self.exchange.take(self.cut)
        for name, state in changed.items():
            if state is None:
                self.states.pop(name, None)
            else:
                self.states[name] = state
        self.trail.forget(self.clock.now)
        published = msgspec.structs.replace(self.clock.published(), trail=self.trail.steps)
        states, journeys = dict(self.states), Counter(self.journeys)
        return outgoing, Durable(dict(self.positions), published, states, journeys)

    def tick(self, instant: int, ends: Mapping[str, int], others: tuple[int, int] | None) -> None:
        """Let the clock go to where the sources allow, and the others: once so much is read."""
        for source in SOURCES:
            self.clock.barrier(source, instant, ends[source])
        if others is not None:
            self.clock.barrier(REKEYED, *others)
        self.clock.now = self.clock.allowed()

    def _assert_in_time(self, cause: int) -> None:
        assert cause > self.clock.now, f"the clock passed what comes only now, of {cause}"

    def _move(self) -> None:
        moves, self.exchange.moves = self.exchange.moves, []
        for move in moves:
            self._assert_above_the_cut(move)
            self.journeys[flat(move.event)] += 1 if move.joins else -1
            assert self.journeys[flat(move.event)] >= 0, f"left without having joined: {move}"
        self.journeys = +self.journeys

    def _assert_above_the_cut(self, move: Move) -> None:
        assert move.event.t >= self.cut, f"under the cut: {move}"

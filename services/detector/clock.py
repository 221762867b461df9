"""The clock of a partition number: how far time has come for its customers.

Everything that arrived for them up to the clock has been folded, wherever it arrived: the clock
waits for the number's own sources, and for what other numbers still have to forward to it (see
forwarding). It never falls, also not over restarts: it begins at the clock of the last commit.
All instants are ms since the epoch, UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from services.detector.hops.rounds import Steps
from services.detector.lag import Lag
from topics.contracts import REKEYED, SOURCES


class Published(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is written beside the committed offsets, for restarts and for the other numbers.

    `clock` is the number's; None until something was read from every source. `folded` is how far
    its own sources were folded or forwarded. `sources` are their own clocks, where needed. `trail`
    is what it has sent on because of what it read in `events.rekeyed`: see hops.rounds.
    """

    clock: int | None = None
    folded: int | None = None
    sources: dict[str, int] = {}
    trail: Steps = ()

    def text(self) -> str:
        """Write it down as JSON."""
        return msgspec.json.encode(self).decode()


def parse_published(metadata: Iterable[str]) -> Published:
    """Read the latest of what stands beside the offsets of one partition number."""
    found = [msgspec.json.decode(text, type=Published) for text in metadata if text]
    return max(found, key=lambda one: (one.clock or 0, one.folded or 0), default=Published())


class PartitionClock(Protocol):
    """What a partition asks of its clock."""

    now: int

    @property
    def own(self) -> int | None:
        """How far the number's own sources have come; None where one told nothing yet."""

    def folded(self, source: str, reached: int, stamp: int | None) -> None:
        """Note that the source is folded up to `reached`; arrivals before `stamp` are done."""

    def marked(self, source: str, mark: int) -> None:
        """Note a clock mark of a history."""

    def barrier(self, source: str, instant: int, end: int) -> None:
        """Note that what arrived in the source up to the instant lies before the offset `end`."""

    def allowed(self) -> int:
        """Give to where `now` may be moved: to what the sources allow, never back."""

    def published(self) -> Published:
        """Give what to commit."""


class WallClock:
    """Wall time where the sources are folded to their ends; else the arrivals that lag most.

    After an outage nothing is called missed because it was read late.
    """

    def __init__(self, positions: Mapping[str, int], start: Published) -> None:
        self.now = start.clock or 0
        self._lags = {source: Lag(positions[source], start.folded or 0) for source in SOURCES}
        # What the number's own sources have come to says nothing of what others forward.
        self._lags[REKEYED] = Lag(positions[REKEYED], self.now)

    @property
    def own(self) -> int | None:
        """How far the sources have come; None until each has told."""
        return min(self._lags[source].known for source in SOURCES) or None

    def folded(self, source: str, reached: int, stamp: int | None) -> None:
        """Note what was folded; within a source arrivals do not fall, so the last counts."""
        # What was forwarded bears the arrivals of other places, in no order.
        self._lags[source].folded(reached, None if source == REKEYED else stamp)

    def marked(self, source: str, mark: int) -> None:
        """Ignore marks: they belong to histories."""

    def barrier(self, source: str, instant: int, end: int) -> None:
        """Take the instant at once where all up to `end` is folded, else when it will be."""
        self._lags[source].barrier(instant, end)

    def allowed(self) -> int:
        """Give what the slowest source allows."""
        return max(self.now, min(lag.known for lag in self._lags.values()))

    def published(self) -> Published:
        """Give the clock, and how far the sources are: they tell nothing new where all is idle."""
        return Published(self.now or None, self.own)


class EventsClock:
    """The clock of a history: it moves with arrival stamps and marks alone.

    A source that told neither yet holds it back.
    """

    def __init__(self, positions: Mapping[str, int], start: Published) -> None:
        self.now = start.clock or 0
        self._known = {source: start.sources.get(source) for source in SOURCES}
        self._forwarded = Lag(positions[REKEYED], 0)

    @property
    def own(self) -> int | None:
        """How far the history has come in the source that has come least far."""
        known = [mark for mark in self._known.values() if mark is not None]
        return min(known) if len(known) == len(self._known) else None

    def folded(self, source: str, reached: int, stamp: int | None) -> None:
        """Note the arrival of an event."""
        if source == REKEYED:
            self._forwarded.folded(reached, None)
        elif stamp is not None:
            self.marked(source, stamp - 1)  # more may have arrived in its millisecond

    def marked(self, source: str, mark: int) -> None:
        """Note how far the history has come in this source."""
        self._known[source] = max(mark, self._known[source] or mark)

    def barrier(self, source: str, instant: int, end: int) -> None:
        """Ignore the wall clock of the sources; what is forwarded has no other."""
        if source == REKEYED:
            self._forwarded.barrier(instant, end)

    def allowed(self) -> int:
        """Give what the sources and those who forward allow."""
        own = self.own
        return self.now if own is None else max(self.now, min(own, self._forwarded.known))

    def published(self) -> Published:
        """Give the clock, and each source's: without them a restart would not know them."""
        known = {source: mark for source, mark in self._known.items() if mark is not None}
        return Published(self.now or None, self.own, known)

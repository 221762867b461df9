"""The clock of a partition number: how far time has come for its customers.

Everything that arrived up to the clock has been folded. It never falls, also not over restarts:
it begins at the clock of the last commit. All instants are ms since the epoch, UTC.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

import msgspec

_MOST_BARRIERS: Final = 1024


class Published(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is written beside the committed offsets: the clock, and the sources' own where needed.

    `clock` is None until something was read from every source.
    """

    clock: int | None = None
    sources: dict[str, int] = {}

    def text(self) -> str:
        """Write it down as JSON."""
        return msgspec.json.encode(self).decode()


def parse_published(metadata: Iterable[str]) -> Published:
    """Read the latest of what stands beside the offsets of one partition number."""
    found = [msgspec.json.decode(text, type=Published) for text in metadata if text]
    return max(found, key=lambda one: one.clock or 0, default=Published())


class PartitionClock(Protocol):
    """What a partition asks of its clock."""

    now: int

    def folded(self, source: str, reached: int, stamp: int | None) -> None:
        """Note that the source is folded up to `reached`, the last arrival being `stamp`."""

    def marked(self, source: str, mark: int) -> None:
        """Note a clock mark of a history."""

    def barrier(self, source: str, instant: int, end: int) -> None:
        """Note that what arrived in the source up to the instant lies before the offset `end`."""

    def advance(self) -> int:
        """Move `now` to where the sources allow, and give it."""

    def published(self) -> Published:
        """Give what to commit."""


class WallClock:
    """Wall time where the sources are folded to their ends; else the arrivals that lag most.

    After an outage nothing is called missed because it was read late.
    """

    def __init__(self, positions: Mapping[str, int], start: Published) -> None:
        self.now = start.clock or 0
        self._sources = {source: _Lag(position) for source, position in positions.items()}

    def folded(self, source: str, reached: int, stamp: int | None) -> None:
        """Note what was folded; within a partition arrivals do not fall, so the last counts."""
        lag = self._sources[source]
        lag.position = reached
        if stamp is not None and stamp > lag.known:
            lag.known = stamp
        while lag.barriers and lag.barriers[0][1] <= reached:
            lag.known = max(lag.known, lag.barriers.popleft()[0])

    def marked(self, source: str, mark: int) -> None:
        """Ignore marks: they belong to histories."""

    def barrier(self, source: str, instant: int, end: int) -> None:
        """Take the instant at once where all up to `end` is folded, else when it will be."""
        lag = self._sources[source]
        if end <= lag.position:
            lag.known = max(lag.known, instant)
        else:
            lag.barriers.append((instant, end))

    def advance(self) -> int:
        """Move to what the slowest source allows."""
        self.now = max(self.now, min(lag.known for lag in self._sources.values()))
        return self.now

    def published(self) -> Published:
        """Give the clock; the sources tell their arrivals again after a restart."""
        return Published(self.now or None)


class EventsClock:
    """The clock of a history: it moves with arrival stamps and marks alone.

    A source that told neither yet holds it back.
    """

    def __init__(self, positions: Mapping[str, int], start: Published) -> None:
        self.now = start.clock or 0
        self._known = {source: start.sources.get(source) for source in positions}

    def folded(self, source: str, reached: int, stamp: int | None) -> None:  # noqa: ARG002
        """Note the arrival of an event."""
        if stamp is not None:
            self.marked(source, stamp)

    def marked(self, source: str, mark: int) -> None:
        """Note how far the history has come in this source."""
        self._known[source] = max(mark, self._known[source] or mark)

    def barrier(self, source: str, instant: int, end: int) -> None:
        """Ignore the wall clock."""

    def advance(self) -> int:
        """Move to what the source that has come least far allows."""
        known = [mark for mark in self._known.values() if mark is not None]
        if len(known) == len(self._known):
            self.now = max(self.now, min(known))
        return self.now

    def published(self) -> Published:
        """Give the clock, and each source's: without them a restart would not know them."""
        known = {source: mark for source, mark in self._known.items() if mark is not None}
        return Published(self.now or None, known)


class _Lag:
    """How far one source has come."""

    def __init__(self, position: int) -> None:
        self.position = position
        self.known = 0
        # Where old barriers are dropped, arrival stamps still move the clock.
        self.barriers: deque[tuple[int, int]] = deque(maxlen=_MOST_BARRIERS)

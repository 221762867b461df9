"""Clock marks among the events of a history: when they are due, and to which partitions.

A mark M in a partition says that all its events with an arrival up to M stand before it. By marks
a detector's clock moves on where a source has no events; until then the events of the other
sources wait in memory, and nothing falls due. So all partitions are marked after every 10,000
events, and in a sparse history once a day of it, if since the last marks there were at least as
many events as there are partitions. A year has at most 365 rounds of marks beyond those of its
numbers, and in no history are there more marks than events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from journey.instant import DAY
from topics.marks import mark_headers
from touchstone.batches import Place
from touchstone.ends import Ends
from touchstone.producing import Sender

MOST_EVENTS: Final = 10_000
SPAN_MS: Final = DAY


class Marks:
    """Writes marks while a history is sent in the order of arrival. `ends` is where it began."""

    def __init__(self, sender: Sender, places: Sequence[Place], ends: Ends) -> None:
        self._sender = sender
        self._places = places
        self._ends = ends
        self._events = 0
        self._marked: int | None = None
        self.last: int | None = None

    def due(self, arrival: int) -> int | None:
        """Note an event that arrived then; give the clock of the mark to `write` before it, if any.

        No mark stands between two events of one instant.
        """
        last, self.last = self.last, arrival
        if last is None or self._marked is None:
            self._marked = arrival
        elif arrival > last:
            least = len(self._places) if last - self._marked >= SPAN_MS else MOST_EVENTS
            if self._events >= least:
                self._marked, self._events = last, 0
                return last
        return None

    def sent(self) -> None:
        """Count an event that was sent."""
        self._events += 1

    async def write(self, clock: int) -> None:
        """Send a mark to every partition that is not beyond it, and what waits before it."""
        for place in self._places:
            end = self._ends.get(place)
            if end is None or not end.covers(clock):
                await self._sender.record(place, None, b"", clock, mark_headers(clock))
        self._sender.push()

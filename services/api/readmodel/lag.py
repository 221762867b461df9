"""How far the read model is behind the log. Time is an argument, in seconds of any steady clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from services.api.readmodel.writer import Place

_MARKS = 600


class Lag:
    """Compares what has been read with where the log ended, and when it ended there."""

    def __init__(self, limit_s: float, now_s: float) -> None:
        """Begin behind: ready only when everything that was there at the start is read."""
        self._limit_s = limit_s
        self._heard_s = now_s
        self._ends: Mapping[Place, int] = {}
        self._marks: deque[tuple[float, Mapping[Place, int]]] = deque()
        self._positions: dict[Place, int] = {}
        self._caught_up = False

    def ends_at(self, ends: Mapping[Place, int], now_s: float) -> None:
        """Note that the log ends here now."""
        self._heard_s = now_s
        self._ends = ends
        if len(self._marks) == _MARKS:
            # The oldest marks tell the lag; of the newest the last one will do.
            self._marks.pop()
        self._marks.append((now_s, ends))
        self._settle()

    def read_to(self, positions: Mapping[Place, int]) -> None:
        """Note that everything before these positions is in the read model."""
        self._positions.update(positions)
        self._settle()

    def records(self) -> int:
        """Give how many offsets of the log are not read yet (markers of transactions included)."""
        return sum(max(0, end - self._positions.get(p, 0)) for p, end in self._ends.items())

    def seconds(self, now_s: float) -> float:
        """Give the age of the oldest end of the log that has not been reached; 0 when level."""
        return now_s - self._marks[0][0] if self._marks else 0.0

    def unready(self, now_s: float) -> str | None:
        """Say why the read model should not be relied on now; None when it may be."""
        silent_s = now_s - self._heard_s
        if silent_s > self._limit_s:
            return f"Kafka has not answered for {silent_s:.0f} s"
        if not self._caught_up:
            return f"reading what is there already: {self.records()} records to go"
        behind_s = self.seconds(now_s)
        if behind_s > self._limit_s:
            return f"{behind_s:.0f} s behind the log, more than the {self._limit_s:.0f} s allowed"
        return None

    def _settle(self) -> None:
        """Drop the ends that have been reached."""
        while self._marks and self._reached(self._marks[0][1]):
            self._marks.popleft()
            self._caught_up = True

    def _reached(self, ends: Mapping[Place, int]) -> bool:
        return all(self._positions.get(place, 0) >= end for place, end in ends.items())

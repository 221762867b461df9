"""How far one source has come in time, told by arrivals and by where it ended at known instants."""

from __future__ import annotations

from collections import deque
from typing import Final

_MOST_BARRIERS: Final = 1024


class Lag:
    """What is known of one source of a partition number.

    `known` is an instant (ms) up to which all that arrived in the source was folded. A barrier is
    an instant and an offset before which lies all that arrived up to it.
    """

    def __init__(self, position: int, known: int) -> None:
        self.known = known
        self._position = position
        self._barriers: deque[tuple[int, int]] = deque()
        self._spacing = 0

    def folded(self, reached: int, stamp: int | None) -> None:
        """Note that it is folded up to the offset `reached`, and its last arrival (ms), if any."""
        self._position = reached
        if stamp is not None:
            self.known = max(self.known, stamp - 1)  # more may have arrived in its millisecond
        while self._barriers and self._barriers[0][1] <= reached:
            self.known = max(self.known, self._barriers.popleft()[0])

    def barrier(self, instant: int, end: int) -> None:
        """Take the instant at once where all up to `end` is folded, else when it will be."""
        if end <= self._position:
            self.known = max(self.known, instant)
        elif not self._barriers:
            self._spacing = 0
            self._barriers.append((instant, end))
        elif instant >= self._barriers[-1][0] + self._spacing:
            self._barriers.append((instant, end))
            if len(self._barriers) > _MOST_BARRIERS:
                self._thin()

    def _thin(self) -> None:
        """Keep every second: far behind, coarser steps do."""
        self._barriers = deque(list(self._barriers)[::2])
        self._spacing = self._barriers[-1][0] - self._barriers[-2][0]

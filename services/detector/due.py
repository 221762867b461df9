"""Which journeys have something due, by time, whether they are in memory or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heapify, heappop, heappush
from typing import Final

_SLACK: Final = 1024


class DueIndex:
    """An index of due instants (ms) with one live entry a journey.

    An entry may stand too early: most due instants only move later, and moving each at once
    would cost more than asking `due_of` when its entry comes up.
    """

    def __init__(
        self, due_of: Callable[[bytes], int | None], start: Iterable[tuple[bytes, int]] = ()
    ) -> None:
        self._due_of = due_of
        self._live = dict(start)
        self._heap = [(due, key) for key, due in self._live.items()]
        heapify(self._heap)

    def put(self, key: bytes, due: int | None) -> None:
        """Note when the journey has something due, or None where it has nothing."""
        live = self._live.get(key)
        if due is None:
            self._live.pop(key, None)
        elif live is None or due < live:
            self._live[key] = due
            heappush(self._heap, (due, key))
            if len(self._heap) > 2 * len(self._live) + _SLACK:
                self._heap = [(at, key) for key, at in self._live.items()]
                heapify(self._heap)

    def take(self, clock: int) -> Iterator[bytes]:
        """Give, and forget, the journeys with something due up to the clock, the earliest first.

        The caller puts each again with its next due instant.
        """
        while self._heap and self._heap[0][0] <= clock:
            at, key = heappop(self._heap)
            if self._live.get(key) != at:
                continue  # another entry of this journey lives
            del self._live[key]
            due = self._due_of(key)
            if due is not None and due <= clock:
                yield key
            else:
                self.put(key, due)

    def __len__(self) -> int:
        """Count the journeys with something due."""
        return len(self._live)

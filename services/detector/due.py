"""Which journeys have something due, by time, whether they are in memory or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from typing import Final

from services.detector.stores.copy import BEYOND, FIRST, Entry, States

_SLACK: Final = 1024
_AHEAD: Final = 60_000


class DueIndex:
    """An index of due instants (ms) with at most one live entry a journey.

    In memory are the entries of what has changed and is not yet in the store, and those below
    `_read`: the store is read as time comes near. An entry may stand too early: most due instants
    only move later, and moving each at once would cost more than asking `due_of` when it comes up.
    """

    def __init__(self, due_of: Callable[[bytes], int | None], stored: States) -> None:
        self._due_of = due_of
        self._stored = stored
        self._read = FIRST
        self._live: dict[bytes, int] = {}
        self._heap: list[Entry] = []

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

    def landed(self, key: bytes) -> None:
        """Note that the journey is in the store as it is: what is due later is found there."""
        due = self._due_of(key) if self._read < BEYOND else None
        if due is not None and (due, key) >= self._read:
            self._live.pop(key, None)

    @property
    def next(self) -> int:
        """An instant (ms) before which nothing more is due."""
        return min(self._heap[0][0] if self._heap else BEYOND[0], self._read[0])

    def take(self, clock: int) -> Iterator[bytes]:
        """Give, and forget, the journeys with something due up to the clock, the earliest first.

        The caller puts each again with its next due instant.
        """
        while True:
            while self._heap and self._heap[0][0] <= clock and self._heap[0] < self._read:
                yield from self._pop(clock)
            if self._read[0] > clock:
                return
            self._read_on(clock)

    def _pop(self, clock: int) -> Iterator[bytes]:
        at, key = heappop(self._heap)
        if self._live.get(key) != at:
            return  # another entry of this journey lives
        del self._live[key]
        due = self._due_of(key)
        if due is not None and due <= clock:
            yield key
        else:
            self.put(key, due)

    def _read_on(self, clock: int) -> None:
        """Take over the next entries of the store; a journey that has a live one has changed."""
        entries, self._read = self._stored.due(self._read, clock + _AHEAD)
        new = [(due, key) for due, key in entries if key not in self._live]
        self._live.update((key, due) for due, key in new)
        if len(new) > len(self._heap):
            self._heap.extend(new)
            heapify(self._heap)
        else:
            for entry in new:
                heappush(self._heap, entry)

    def __len__(self) -> int:
        """Count the entries in memory."""
        return len(self._live)

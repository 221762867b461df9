"""Copies in memory: the fastest, gone with the process and with the partition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.detector import state
from services.detector.stores.copy import BEYOND, Copy, Entry


class MemoryCopies:
    """Keeps nothing by itself: a copy lives as long as its owner holds it."""

    def open(self, number: int) -> Copy:  # noqa: ARG002
        """Give an empty copy."""
        return MemoryCopy()

    def close(self) -> None:
        """Have nothing to close."""


class MemoryCopy:
    """States by subject."""

    offset: int | None
    as_of: int

    def __init__(self) -> None:
        self.discard()

    def __len__(self) -> int:
        """Count the journeys."""
        return len(self._states)

    def get(self, key: bytes) -> bytes | None:
        """Give the state of a subject."""
        return self._states.get(key)

    def due(self, start: Entry, until: int) -> tuple[Sequence[Entry], Entry]:  # noqa: ARG002
        """Give all entries at once: whoever asks keeps them, so that nothing is kept twice."""
        found = [(state.due(one), key) for key, one in self._states.items()]
        return [(due, key) for due, key in found if due is not None and (due, key) >= start], BEYOND

    def recover(self, states: Mapping[bytes, bytes | None], offset: int, as_of: int) -> None:
        """Take over what was read of the changelog."""
        self.commit(states, offset, as_of)

    def commit(self, states: Mapping[bytes, bytes | None], offset: int | None, as_of: int) -> None:
        """Take over what a transaction has made durable."""
        for key, one in states.items():
            if one is None:
                self._states.pop(key, None)
            else:
                self._states[key] = one
        self.offset = self.offset if offset is None else offset
        self.as_of = as_of

    def discard(self) -> None:
        """Begin anew."""
        self._states: dict[bytes, bytes] = {}
        self.offset = None
        self.as_of = 0

"""What a copy of the states of one partition number can do, wherever it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

Entry = tuple[int, bytes]
"""A due instant, ms, and whose; in this order they are the index of due instants."""

FIRST: Final[Entry] = (0, b"")
BEYOND: Final[Entry] = (2**63 - 1, b"")


class States(Protocol):
    """The committed states of one partition number, as the one who folds reads them."""

    def __len__(self) -> int:
        """Count the journeys."""

    def get(self, key: bytes) -> bytes | None:
        """Give the state of a subject."""

    def due(self, start: Entry, until: int) -> tuple[Sequence[Entry], Entry]:
        """Give entries from `start` on, and the entry below which none was left out.

        Those due up to `until` (ms), or as many of the first of them as are read at once.
        """


class Copy(States, Protocol):
    """One worker's copy: `offset` is the last of the changelog that it holds, if any.

    `as_of` (ms) is a time before which nothing was written that it lacks.
    """

    @property
    def offset(self) -> int | None: ...  # noqa: D102
    @property
    def as_of(self) -> int: ...  # noqa: D102

    def recover(self, states: Mapping[bytes, bytes | None], offset: int, as_of: int) -> None:
        """Take over what was read of the changelog; None removes."""

    def commit(self, states: Mapping[bytes, bytes | None], offset: int | None, as_of: int) -> None:
        """Take over what a transaction has made durable; without an offset it changed nothing."""

    def discard(self) -> None:
        """Begin anew, with nothing."""


class Copies(Protocol):
    """Where a worker keeps its copies."""

    def open(self, number: int) -> Copy:
        """Give the copy of a partition number, as far as it was kept."""

    def close(self) -> None:
        """Give up all copies; what is on disk stays there."""

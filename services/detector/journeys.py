"""The journeys of a partition: a bounded cache of decoded ones over the encoded states."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping

from journey.engine import Engine
from journey.journey import Journey
from services.detector import state


class Loaded:
    """A decoded journey, and what has been published of it."""

    __slots__ = ("deadline", "dirty", "due", "journey", "said")

    def __init__(self, journey: Journey, header: state.Header) -> None:
        self.journey = journey
        self.due = header.due
        self.deadline = header.deadline
        self.dirty = False
        self.said = False


class Journeys:
    """Decodes journeys when they are needed and forgets those least recently used.

    A changed journey stays until it was taken; states that were taken but are not yet in the
    store are kept beside it, so that a journey never goes back to an older state.
    """

    def __init__(self, engine: Engine, states: Mapping[bytes, bytes], limit: int) -> None:
        self._engine = engine
        self._states = states
        self._limit = limit
        self._loaded: OrderedDict[bytes, Loaded] = OrderedDict()
        self._dirty: dict[bytes, Loaded] = {}
        self._flying: dict[bytes, bytes | None] = {}
        self._created = 0
        self._decoded = 0

    def __len__(self) -> int:
        """Count the decoded journeys."""
        return len(self._loaded)

    @property
    def dirty_count(self) -> int:
        """How many journeys have changed since they were last taken."""
        return len(self._dirty)

    def change(self, key: bytes) -> Loaded:
        """Give the journey of a subject, new where there was none; it counts as changed."""
        loaded = self._loaded.get(key)
        if loaded is None:
            loaded = self._loaded[key] = self._load(key)
        else:
            self._loaded.move_to_end(key)
        if not loaded.dirty:
            loaded.dirty = True
            self._dirty[key] = loaded
        return loaded

    def take_changed(self) -> dict[bytes, Loaded]:
        """Give the changed journeys; from now on they count as unchanged."""
        changed, self._dirty = self._dirty, {}
        for loaded in changed.values():
            loaded.dirty = False
        return changed

    def fly(self, states: dict[bytes, bytes | None]) -> None:
        """Keep taken states until they are in the store; None is a removed journey."""
        self._flying = states

    def forget(self, key: bytes) -> None:
        """Drop a decoded journey whatever has changed in it."""
        self._loaded.pop(key, None)

    def landed(self) -> None:
        """Note that the taken states are in the store, and forget journeys beyond the limit."""
        self._flying = {}
        self._evict()

    def take_counts(self) -> tuple[int, int]:
        """Give how many journeys were new and how many were decoded since the last time."""
        counts = self._created, self._decoded
        self._created = self._decoded = 0
        return counts

    def due_of(self, key: bytes) -> int | None:
        """Give when the journey next has something due, without decoding it."""
        loaded = self._loaded.get(key)
        if loaded is not None:
            return loaded.due
        encoded = self._encoded(key)
        return state.read_header(encoded).due if encoded else None

    def all_due(self) -> Iterator[tuple[bytes, int]]:
        """Go through all journeys in the store with something due."""
        for key, encoded in self._states.items():
            due = state.read_header(encoded).due
            if due is not None:
                yield key, due

    def knows(self, key: bytes) -> bool:
        """Say whether there is a journey of this subject, in memory or in the store."""
        return key in self._loaded or self.is_kept(key)

    def is_kept(self, key: bytes) -> bool:
        """Say whether there is a state of this journey in the store, or on its way there."""
        return self._encoded(key) is not None

    def _encoded(self, key: bytes) -> bytes | None:
        return self._flying[key] if key in self._flying else self._states.get(key)

    def _load(self, key: bytes) -> Loaded:
        self._evict()
        subject = key.decode()
        encoded = self._encoded(key)
        if encoded is None:
            self._created += 1
            return Loaded(self._engine.open(subject), state.Header(None, state.checksum(None)))
        self._decoded += 1
        journey = self._engine.decode(subject, state.body(encoded))
        return Loaded(journey, state.read_header(encoded))

    def _evict(self) -> None:
        while len(self._loaded) >= self._limit:
            key = next(iter(self._loaded))
            if self._loaded[key].dirty:
                return  # all younger ones were used since, so most are changed as well
            del self._loaded[key]

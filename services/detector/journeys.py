"""The journeys of a partition: a bounded cache of decoded ones over the encoded states."""

from __future__ import annotations

from collections import OrderedDict

from journey.engine import Engine
from journey.journey import Journey
from services.detector import state
from services.detector.stores.copy import States


class Loaded:
    """A decoded journey, and what has been published of it."""

    __slots__ = ("dirty", "due", "journey", "outline", "said")

    def __init__(self, journey: Journey, header: state.Header) -> None:
        self.journey = journey
        self.due = header.due
        self.outline = header.outline
        self.dirty = False
        self.said = False


class Journeys:
    """Decodes journeys when they are needed and forgets those least recently used.

    A changed journey stays until it was taken; states that were taken but are not yet in the
    store are kept beside it, so that a journey never goes back to an older state.
    """

    def __init__(self, engine: Engine, states: States, limit: int) -> None:
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

    def adopt(self, engine: Engine) -> None:
        """Read the journeys under other models from now on; all changed ones have been taken."""
        assert not self._dirty, "changed journeys are taken before the models change"
        self._engine = engine
        self._loaded.clear()

    def fly(self, states: dict[bytes, bytes | None]) -> None:
        """Keep taken states until they are in the store; None is a removed journey."""
        self._flying = states

    def forget(self, key: bytes) -> None:
        """Drop a decoded journey whatever has changed in it."""
        self._loaded.pop(key, None)

    def landed(self) -> list[bytes]:
        """Note that the taken states are in the store, and forget journeys beyond the limit.

        Gives those that have not changed since they were taken.
        """
        landed, self._flying = self._flying, {}
        self._evict()
        return [key for key in landed if key not in self._dirty]

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
        return state.due(encoded) if encoded else None

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

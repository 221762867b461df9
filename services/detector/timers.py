"""When the journeys of a partition next have something to do, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from journey.engine import Engine
from journey.said import Said
from services.detector.due import DueIndex
from services.detector.journeys import Journeys, Loaded
from services.detector.stores.copy import States

MOST_FIRED: Final = 500
"""So many journeys at once, or all of one instant: they are written down in one transaction."""


class Timers:
    """Fires what is due: deadlines, expiries, and what came out of order and waits to be folded."""

    def __init__(self, engine: Engine, journeys: Journeys, states: States) -> None:
        self._engine = engine
        self._journeys = journeys
        self._due = DueIndex(journeys.due_of, states)
        self._removable_after = max(engine.settings.lateness, engine.settings.merge)
        self._changed: dict[bytes, Loaded] = {}
        self._next: list[bytes] = []

    def note(self, key: bytes, loaded: Loaded) -> None:
        """Note that a journey has changed, and with it when it is due."""
        self._changed[key] = loaded

    def adopt(self, engine: Engine) -> None:
        """Go on under other models; what is due stays what it was."""
        self._engine = engine

    def forget(self, key: bytes) -> None:
        """Forget a journey that is removed."""
        self._due.put(key, None)

    def landed(self, keys: Iterable[bytes]) -> None:
        """Note that these journeys are in the store as they are."""
        for key in keys:
            self._due.landed(key)

    def reach(self, now: int, clock: int) -> int:
        """Give how far to go from `now` towards `clock` (ms) in one step: not past too much."""
        self._next += islice(self._due.take(clock), MOST_FIRED)
        if len(self._next) < MOST_FIRED:
            return clock
        reached = max(now, min(self._due.next, clock))
        self._next += self._due.take(reached)
        return reached

    def fire(self, clock: int) -> Iterator[tuple[Loaded, Said]]:
        """Advance every journey with something due up to the clock (ms) that was reached.

        Gives what each said.
        """
        changed, self._changed = self._changed, {}
        for key, loaded in changed.items():
            due = self._engine.due(loaded.journey)
            if due is not None and due <= clock:
                # What has just been read is due as a rule: it need not go through the index.
                yield loaded, self._advance(key, loaded, clock)
            else:
                self._index(key, loaded)
        reached, self._next = self._next, []
        for key in reached:
            due = self._journeys.due_of(key)
            if due is not None and due > clock:
                self._due.put(key, due)  # the clock was to go further at first
            else:
                loaded = self._journeys.change(key)
                yield loaded, self._advance(key, loaded, clock)

    def _advance(self, key: bytes, loaded: Loaded, clock: int) -> Said:
        said = self._engine.advance(loaded.journey, clock)
        self._index(key, loaded)
        if loaded.due is not None and loaded.due <= clock:
            raise AssertionError(f"still due at {loaded.due} after advancing to {clock}")
        return said

    def _index(self, key: bytes, loaded: Loaded) -> None:
        due = self._engine.due(loaded.journey)
        if due is None:
            # Nothing more will happen by itself; look again when the state may be removed.
            due = loaded.journey.clock + self._removable_after + 1
        loaded.due = due
        self._due.put(key, due)

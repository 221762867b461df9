"""A model, compiled: what an event means in it, and one table row a moment.

Sets of signals are bit masks: bit n is the model's n-th signal. Behind the signals come the
outcomes: that an instance of a moment came into a state is a signal to other moments.
All durations are in ms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal

import msgspec

from journey.event import number

Predicate = Callable[[Mapping[str, Any]], bool]
"""A test over an event's fields, by path."""

Severity = Literal["info", "warning", "critical"]


class Alerting(msgspec.Struct, frozen=True, kw_only=True):
    """Who should know when an instance comes into a state."""

    severity: Severity
    kind: Literal["risk", "opportunity", "incident"]
    title: str
    team: str | None
    playbook: str | None
    resolves_after: int


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """What an event means; `matches` pairs event names with their predicate (None: any)."""

    name: str
    matches: tuple[tuple[str, Predicate | None], ...]
    value: str | None


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One moment of truth as a table row. A mask of 0 and a duration of None mean `never`."""

    index: int
    name: str
    stage: str | None
    key: str | None
    unmatched_to_latest: bool
    after_close: bool
    opens: int
    counted: int
    count: int
    count_within: int | None
    met: int
    met_within: int | None
    quiet: int
    quiet_for: int | None
    missed: int
    lapses_without: int
    lapses_for: int | None
    risk: int
    risk_before: int | None
    alerts: Mapping[str, Alerting]
    reasons: Mapping[str, str]

    @property
    def touches(self) -> int:
        """The mask of all signals that this moment looks at."""
        opening = self.opens | self.counted
        return opening | self.met | self.quiet | self.missed | self.lapses_without | self.risk


class Model:
    """A compiled model. Immutable; shared by every journey.

    `fingerprint` is the same for texts that say the same. `outcomes` gives the bit of a moment's
    (index, state), for the moments below it to look at.
    """

    def __init__(
        self,
        *,
        name: str,
        version: str,
        title: str,
        source: str,
        fingerprint: str,
        stages: tuple[str, ...],
        signals: tuple[Signal, ...],
        moments: tuple[Moment, ...],
        outcomes: Mapping[tuple[int, str], int],
        paths: frozenset[str],
    ) -> None:
        self.name = name
        self.version = version
        self.title = title
        self.source = source
        self.fingerprint = fingerprint
        self.stages = stages
        self.signals = signals
        self.moments = moments
        self.outcomes = outcomes
        self.paths = paths
        self.touched = lru_cache(maxsize=None)(self._touched)
        self._by_event: dict[str, list[tuple[int, Predicate | None]]] = {}
        for at, signal in enumerate(signals):
            for event, predicate in signal.matches:
                self._by_event.setdefault(event, []).append((1 << at, predicate))

    @property
    def events(self) -> frozenset[str]:
        """The names of the events that mean something in this model."""
        return frozenset(self._by_event)

    def signals_of(self, name: str, fields: Mapping[str, Any]) -> int:
        """Give the mask of the signals that an event is."""
        mask = 0
        for bit, predicate in self._by_event.get(name, ()):
            if not mask & bit and (predicate is None or predicate(fields)):
                mask |= bit
        return mask

    def names_of(self, mask: int) -> list[str]:
        """Give the names of the signals and outcomes in a mask, in the model's order."""
        names = [signal.name for at, signal in enumerate(self.signals) if mask >> at & 1]
        return names + [
            f"{self.moments[at].name}.{state}"
            for (at, state), bit in self.outcomes.items()
            if mask & bit
        ]

    def value_of(self, mask: int, fields: Mapping[str, Any]) -> float | None:
        """Give the value that the first of these signals carries, where one does."""
        for at, signal in enumerate(self.signals):
            if mask >> at & 1 and signal.value is not None:
                value = number(fields.get(signal.value))
                if value is not None:
                    return value
        return None

    def _touched(self, mask: int) -> tuple[Moment, ...]:
        return tuple(moment for moment in self.moments if moment.touches & mask)

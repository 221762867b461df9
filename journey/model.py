"""A model, compiled: what an event means in it, and what it says of everything it names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any, Literal

from journey.tables import STATES, Fact, Moment, Predicate, Reader, Score, Signal, StageRule, Test


class Model:
    """A compiled model. Immutable; shared by every journey.

    `fingerprint` is the same for texts that say the same. `stage_rules` are in the order of the
    stages. `heeded` has the signals and outcomes that anything comes of.
    """

    def __init__(
        self,
        *,
        name: str,
        version: str,
        title: str,
        source: str,
        fingerprint: str,
        subject: Literal["person", "account"],
        stages: tuple[str, ...],
        stage_rules: tuple[StageRule, ...],
        signals: tuple[Signal, ...],
        facts: tuple[Fact, ...],
        scores: tuple[Score, ...],
        tests: tuple[Test, ...],
        moments: tuple[Moment, ...],
        paths: frozenset[str],
    ) -> None:
        self.name = name
        self.version = version
        self.title = title
        self.source = source
        self.fingerprint = fingerprint
        self.subject = subject
        self.stages = stages
        self.stage_rules = stage_rules
        self.signals = signals
        self.facts = facts
        self.scores = scores
        self.tests = tests
        self.moments = moments
        self.paths = paths
        self.facts_by_slot = {fact.slot: fact for fact in facts}
        self.scores_by_slot = {score.slot: score for score in scores}
        # What the public sees of facts that nothing is known of.
        self.nothing_known: dict[str, Any] = {
            fact.name: 0 if fact.kind in {"count", "distinct"} else None for fact in facts
        }
        # Of each moment the facts that it tells, by name and slot; the latest are told as kept.
        self.told = tuple(
            tuple(
                (one.name, one.slot, None if one.kind == "latest" else one)
                for one in (facts[at] for at in moment.tells)
            )
            for moment in moments
        )
        self.derived = tuple((1 << at, one) for at, one in enumerate(signals) if one.of)
        self._derived = sum(bit for bit, _ in self.derived)
        self._places_of_stages: dict[str | None, int] = {name: at for at, name in enumerate(stages)}
        self._places = {moment.name: moment.index for moment in moments}
        outcomes = [(moment.name, state) for moment in moments for state in STATES]
        self._outcomes = {one: 1 << len(signals) + at for at, one in enumerate(outcomes)}
        self.heeded = _heeded(signals, facts, scores, stage_rules, moments)
        self._names = [one.name for one in signals] + [f"{name}.{to}" for name, to in outcomes]
        self._names_of: dict[int, tuple[str, ...]] = {}
        self._readers_of: dict[tuple[int, str], tuple[Reader, ...]] = {}
        # What the rules have worked out for events with certain fields (see plans.py).
        self.plans: dict[frozenset[str], Any] = {}
        self._by_event: dict[str, list[tuple[int, Predicate | None]]] = {}
        for at, signal in enumerate(signals):
            for event, predicate in signal.matches:
                self._by_event.setdefault(event, []).append((1 << at, predicate))

    @property
    def events(self) -> frozenset[str]:
        """The names of the events that mean something in this model."""
        return frozenset(self._by_event)

    def matches_of(self, name: str) -> list[tuple[int, Predicate | None]]:
        """Give the bits of the signals that events of a name may be, each with its predicate."""
        return self._by_event.get(name, [])

    def signals_of(self, name: str, fields: Mapping[str, Any]) -> int:
        """Give the mask of the signals that an event is; derived ones are not among them."""
        mask = 0
        for bit, predicate in self._by_event.get(name, ()):
            if not mask & bit and (predicate is None or predicate(fields)):
                mask |= bit
        return mask

    def outcome(self, moment: int, state: str) -> int:
        """Give the bit of an instance of a moment (by index) having come into a state."""
        return self._outcomes[self.moments[moment].name, state]

    def outcome_of(self, moment: str, state: str) -> int:
        """Give that bit for a moment by name; 0 where the model has no such moment."""
        return self._outcomes.get((moment, state), 0)

    def place_of(self, moment: str) -> int:
        """Give the place of a moment by name. Raises KeyError."""
        return self._places[moment]

    def place_of_stage(self, stage: str | None) -> int | None:
        """Give the place of a stage; None for one that the model does not know."""
        return self._places_of_stages.get(stage)

    def derives(self, mask: int) -> bool:
        """Say whether one of these signals is derived."""
        return bool(mask & self._derived)

    def names_of(self, mask: int) -> tuple[str, ...]:
        """Give the names of the signals and outcomes in a mask, in the model's order."""
        found = self._names_of.get(mask)
        if found is None:
            found = tuple(name for at, name in enumerate(self._names) if mask >> at & 1)
            self._names_of[mask] = found
        return found

    def value_of(self, mask: int, fields: Mapping[str, Any]) -> float | None:
        """Give the value that the first of these signals carries, where one does."""
        for read in self.readers_of(mask, "value"):
            value = read(fields)
            if isinstance(value, int | float):
                return float(value)
        return None

    def attribute_of(
        self, mask: int, attribute: str, fields: Mapping[str, Any]
    ) -> str | int | float | bool | None:
        """Give an attribute of the first of these signals that has one."""
        for read in self.readers_of(mask, attribute):
            value = read(fields)
            if value is not None:
                return value
        return None

    def readers_of(self, mask: int, attribute: str) -> tuple[Reader, ...]:
        """Give the readers of an attribute that these signals have, in the model's order."""
        found = self._readers_of.get((mask, attribute))
        if found is None:
            signals = (one for at, one in enumerate(self.signals) if mask >> at & 1)
            readers = (_reader(signal, attribute) for signal in signals)
            found = tuple(read for read in readers if read is not None)
            self._readers_of[mask, attribute] = found
        return found


def _heeded(
    signals: tuple[Signal, ...],
    facts: tuple[Fact, ...],
    scores: tuple[Score, ...],
    stage_rules: tuple[StageRule, ...],
    moments: tuple[Moment, ...],
) -> int:
    """Give the mask of the signals and outcomes that anything comes of."""
    masks = [
        *(one.of for one in signals),
        *(one.of | one.until for one in facts),
        *(bit for one in scores for bit, _ in one.moves),
        *(one.on for one in stage_rules),
        *(one.touches for one in moments),
    ]
    return reduce(or_, masks, 0)


def _reader(signal: Signal, attribute: str) -> Reader | None:
    if attribute == "signal":
        return lambda _: signal.name
    return signal.value if attribute == "value" else signal.attributes.get(attribute)

"""A model, compiled: what an event means in it, and one table row for everything it names.

Sets of signals are bit masks: bit n is the model's n-th signal. Behind the signals come the
outcomes: that an instance of a moment came into a state is a signal to others. A mask of 0 and
a duration of None mean `never`. All durations are in ms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import msgspec

from journey.calendars import Calendar

Predicate = Callable[[Mapping[str, Any]], bool]
"""A test over an event's fields, by path."""

Reader = Callable[[Mapping[str, Any]], "str | int | float | bool | None"]
"""Takes a value from an event's fields; None where there is none."""

Severity = Literal["info", "warning", "critical"]
Attribute = Literal["signal", "channel", "polarity", "need", "content", "about"]

STATES: Final = ("open", "at_risk", "met", "missed", "lapsed")
"""The states of an instance, in the order of their outcomes' bits."""


class Source(msgspec.Struct, frozen=True):
    """Where a key, a label or a fact comes from: an attribute of the signal, or the event."""

    attribute: Attribute | None = None
    read: Reader | None = None


class Want(msgspec.Struct, frozen=True):
    """One condition of a `where`: what the field at a path must be, in words."""

    path: str
    words: str
    holds: Predicate


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """What an event means; `matches` pairs event names with their predicate (None: any).

    `wants` has the conditions of each match one by one, for people; the predicate is all of them.

    A derived signal has no matches: it holds when a signal or outcome in `of` does, and all the
    tests (by index) in `when`.
    """

    name: str
    matches: tuple[tuple[str, Predicate | None], ...] = ()
    wants: tuple[tuple[Want, ...], ...] = ()
    of: int = 0
    when: tuple[int, ...] = ()
    value: Reader | None = None
    attributes: Mapping[str, Reader] = {}


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something known of the subject, kept up to date by the signals `of`, up to `until`.

    `slot` is what it is kept by: versions that keep it in the same form go on with it.
    """

    name: str
    slot: str
    kind: Literal["latest", "count", "distinct", "most", "sum"]
    of: int
    source: Source | None = None
    within: int | None = None
    until: int = 0


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A number in millionths that signals move; a move of None is the signal's polarity.

    `slot` is what it is kept by: versions that keep it by the same attributes go on with it.
    """

    name: str
    slot: str
    moves: tuple[tuple[int, int | None], ...]
    by: tuple[Attribute, ...] = ()
    half_life: int | None = None
    least: int | None = None
    most: int | None = None


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """A condition on the fold; `index` is that of a fact, score or moment, `parts` of tests."""

    name: str
    kind: Literal["fact", "score", "stage", "open", "all", "any", "not"]
    index: int = 0
    holds: Callable[[Any], bool] | None = None
    below_others: int | None = None
    stages: frozenset[str] = frozenset()
    parts: tuple[int, ...] = ()
    words: str = ""


class StageRule(msgspec.Struct, frozen=True, kw_only=True):
    """What comes to a stage (by its place) on a signal; `start` has the places it comes from."""

    place: int
    on: int
    start: frozenset[int]


class Alerting(msgspec.Struct, frozen=True, kw_only=True):
    """Who should know when an instance comes into a state, and what keeps it back."""

    severity: Severity
    kind: Literal["risk", "opportunity", "incident"]
    title: str
    team: str | None
    playbook: str | None
    resolves_after: int
    unless: tuple[int, ...] = ()
    at_most_every: int | None = None


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One moment of truth as a table row.

    `stage` is the one that it belongs to; what its opening brings about is in the stage rules.
    It opens on `opens`; on the `count`-th of `counted`; at the end of a `sequence`; or when
    `without` has stayed away for `silent_for` after `since`. `at_once`: the event that opened it
    may close it. `chained`: the end of one instance opens the next, until `ends`. `due` and
    `risk_before` are counted in the calendar if there is one. `opening`, `closing` and
    `clock` are the masks of all signals that may have a part in these, `touches` of all that it
    looks at; they follow from the others.
    """

    index: int
    name: str
    title: str
    stage: str | None = None
    key: Source | None = None
    unmatched_to_latest: bool = False
    after_close: bool = False
    at_once: bool = False
    opens: int = 0
    counted: int = 0
    count: int = 0
    count_within: int | None = None
    apart: int = 0
    sequence: tuple[int, ...] = ()
    sequence_within: int | None = None
    since: int = 0
    without: int = 0
    silent_for: int | None = None
    met: int = 0
    missed: int = 0
    lapses_on: int = 0
    chained: bool = False
    ends: int = 0
    due: int | None = None
    calendar: Calendar | None = None
    risk: int = 0
    risk_before: int | None = None
    quiet: int = 0
    quiet_for: int | None = None
    lapses_without: int = 0
    lapses_for: int | None = None
    reset: int = 0
    pause: int = 0
    resume: int = 0
    labels: tuple[tuple[str, Source], ...] = ()
    tells: tuple[int, ...] = ()
    alerts: Mapping[str, Alerting] = {}
    reasons: Mapping[str, str] = {}
    opening: int = 0
    closing: int = 0
    clock: int = 0
    touches: int = 0

    def __post_init__(self) -> None:
        sequence = 0
        for step in self.sequence:
            sequence |= step
        opening = self.opens | self.counted | sequence | self.since | self.without
        closing = self.met | self.missed | self.lapses_on | self.ends
        clock = self.reset | self.pause | self.resume | self.quiet | self.lapses_without
        msgspec.structs.force_setattr(self, "opening", opening)
        msgspec.structs.force_setattr(self, "closing", closing)
        msgspec.structs.force_setattr(self, "clock", clock)
        msgspec.structs.force_setattr(self, "touches", opening | closing | clock | self.risk)


class Model:
    """A compiled model. Immutable; shared by every journey.

    `fingerprint` is the same for texts that say the same. `stage_rules` are in the order of the
    stages.
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
        self.derived = tuple((1 << at, one) for at, one in enumerate(signals) if one.of)
        self._derived = sum(bit for bit, _ in self.derived)
        self._places_of_stages: dict[str | None, int] = {name: at for at, name in enumerate(stages)}
        self._places = {moment.name: moment.index for moment in moments}
        outcomes = [(moment.name, state) for moment in moments for state in STATES]
        self._outcomes = {one: 1 << len(signals) + at for at, one in enumerate(outcomes)}
        self._names = [one.name for one in signals] + [f"{name}.{to}" for name, to in outcomes]
        self._names_of: dict[int, tuple[str, ...]] = {}
        self._readers_of: dict[tuple[int, str], tuple[Reader, ...]] = {}
        # What the rules have worked out for sets of signals (see plans.py).
        self.plans: dict[int, Any] = {}
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
        for read in self._readers(mask, "value"):
            value = read(fields)
            if isinstance(value, int | float):
                return float(value)
        return None

    def attribute_of(
        self, mask: int, attribute: str, fields: Mapping[str, Any]
    ) -> str | int | float | bool | None:
        """Give an attribute of the first of these signals that has one."""
        for read in self._readers(mask, attribute):
            value = read(fields)
            if value is not None:
                return value
        return None

    def _readers(self, mask: int, attribute: str) -> tuple[Reader, ...]:
        """Give the readers of an attribute that these signals have, in the model's order."""
        found = self._readers_of.get((mask, attribute))
        if found is None:
            signals = (one for at, one in enumerate(self.signals) if mask >> at & 1)
            readers = (_reader(signal, attribute) for signal in signals)
            found = tuple(read for read in readers if read is not None)
            self._readers_of[mask, attribute] = found
        return found


def _reader(signal: Signal, attribute: str) -> Reader | None:
    if attribute == "signal":
        return lambda _: signal.name
    return signal.value if attribute == "value" else signal.attributes.get(attribute)

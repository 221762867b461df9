"""What a compiled model is made of: a table row for everything that it names.

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

_SCALARS: Final = (str, int, float, bool)

STATES: Final = ("open", "at_risk", "met", "missed", "lapsed")
"""The states of an instance, in the order of their outcomes' bits."""


class Source(msgspec.Struct, frozen=True):
    """Where a key, a label or a fact comes from: an attribute of the signal, or the event."""

    attribute: Attribute | None = None
    read: Reader | None = None


class FirstOf(msgspec.Struct, frozen=True):
    """A reader of the first of the fields at these paths that has a scalar."""

    paths: tuple[str, ...]

    def __call__(self, fields: Mapping[str, Any]) -> str | int | float | bool | None:
        """Read an event's fields."""
        for path in self.paths:
            value = fields.get(path)
            if isinstance(value, _SCALARS):
                return value
        return None


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
    `clock` are the masks of all signals that may have a part in these, `taking` of those that may
    be something to an instance, `touches` of all that it looks at; they follow from the others.
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
    taking: int = 0
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
        msgspec.structs.force_setattr(self, "taking", closing | clock | self.risk)
        msgspec.structs.force_setattr(self, "touches", opening | self.taking)

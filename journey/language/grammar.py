"""The words of the model language. Each class is a mapping in the YAML, each field a keyword.

Durations are written with their unit (`7d`, `24h`, `8 business hours`) or name a setting
(`$cart-patience`). Keywords with a hyphen are fields with an underscore here. The reference in
docs/ is made from these classes, their docstrings and what `meta` says of each field.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Scalar = str | int | float | bool | None
Names = str | list[str]


class Keywords(
    msgspec.Struct,
    rename=lambda name: name.strip("_").replace("_", "-"),
    forbid_unknown_fields=True,
    kw_only=True,
):
    """A mapping whose keys are all known; any other key is an error."""


class Condition(Keywords):
    """What a value must be; all that is given must hold. Numbers may be written as strings."""

    equals: Scalar | msgspec.UnsetType = msgspec.UNSET
    in_: list[Scalar] | None = None
    exists: bool | None = None
    at_least: float | None = None
    at_most: float | None = None
    more_than: float | None = None
    less_than: float | None = None
    prefix: str | None = None
    glob: str | None = None
    not_: Condition | None = None


Where = dict[str, Condition | Scalar | list[Scalar]]


class EventMatch(Keywords):
    """An event by its name, and what its fields must be (`where`: path to condition or value)."""

    event: str
    where: Where = {}


class ReadSpec(Keywords):
    """A value taken from an event: the first of the paths that has one, mapped by `values`.

    With `values` a value that is not among them is none. `else` stands in for none.
    """

    from_: Names
    values: dict[str, str | int | float] | None = None
    else_: str | int | float | None = None


class SignalSpec(Keywords):
    """What an event means.

    `events` by name alone, or `any` of several matches; or `of`: another signal, or what became
    of a moment (`trouble.missed`), where the named conditions hold (`when`).
    """

    events: Names | None = None
    any: list[EventMatch] | None = None
    where: Where = {}
    of: Names | None = None
    when: Names | None = None
    value: Names | None = None
    channel: str | ReadSpec | None = None
    polarity: float | ReadSpec | None = None
    need: str | ReadSpec | None = None
    content: Names | None = None
    about: Names | None = None


class FactSpec(Keywords):
    """Something known of the customer: kept up to date by signals, shown, and asked about.

    One of: `latest` (value of a field), `count` of signals (`within` a time if given),
    `distinct` (how many different values), `most` (the most frequent value), `sum` (of values,
    by currency). `until`: signals after which it changes no more.
    """

    latest: Names | None = None
    count: Names | None = None
    distinct: Names | None = None
    most: Names | None = None
    sum: Literal["value"] | None = None
    of: Names | None = None
    within: str | None = None
    until: Names | None = None


class ScoreSpec(Keywords):
    """A number that signals and outcomes move, and that time brings back to nought.

    `moves`: how far each moves it, a number or the signal's `polarity`. `by`: a number apart for
    each value of these attributes of the signal (`signal`, `channel`, `about`, `need`).
    """

    moves: dict[str, float | Literal["polarity"]]
    by: list[Literal["signal", "channel", "about", "need"]] = []
    half_life: str | None = None
    least: float | None = None
    most: float | None = None


class StateSpec(Keywords):
    """A condition on what is known of the customer: asked when a signal comes or an alert fires.

    Exactly one of `fact`, `score`, `stage`, `open` (a moment with an open instance), `all`, `any`
    or `not` (of other conditions). A score kept `by` something is that of the signal at hand.
    """

    fact: str | None = None
    score: str | None = None
    stage: Names | None = None
    open: str | None = None
    all: list[str] | None = None
    any: list[str] | None = None
    not_: str | None = None
    equals: Scalar | msgspec.UnsetType = msgspec.UNSET
    in_: list[Scalar] | None = None
    exists: bool | None = None
    at_least: float | None = None
    at_most: float | None = None
    more_than: float | None = None
    less_than: float | None = None
    below_others: float | None = None


class OpensSpec(Keywords):
    """What opens an instance.

    A signal (`on`); so many of one (`count`, `of`, `within` a time, `apart` by one); several
    in a row (`sequence`, `within`); or that one stays away (`without`, `for` a time `since`
    another); or `any` of these.
    """

    on: Names | None = None
    count: int | None = None
    of: Names | None = None
    within: str | None = None
    apart: str | None = None
    sequence: list[Names] | None = None
    without: Names | None = None
    for_: str | None = None
    since: Names | None = None
    any: list[OpensSpec] | None = None


class MetSpec(Keywords):
    """What meets an open instance: a signal, `within` a time if given; or `quiet` for a time."""

    on: Names | None = None
    within: str | None = None
    quiet: Names | None = None
    for_: str | None = None
    any: list[MetSpec] | None = None


class EverySpec(Keywords):
    """A chain: the signal is expected within the time, and again after each time it came.

    Each window is an instance. One that is met or missed opens the next, until it `ends`.
    """

    on: Names
    within: str
    at_risk_before: str | None = None


class EndsSpec(Keywords):
    """What ends a chain; the window that is open is met by it."""

    on: Names


class MissedSpec(Keywords):
    """What misses an open instance, besides its deadline."""

    on: Names


class LapsesSpec(Keywords):
    """An open instance lapses on a signal; or after so long without one (from its opening)."""

    on: Names | None = None
    without: Names | None = None
    for_: str | None = None


class AtRiskSpec(Keywords):
    """What puts an open instance at risk: a signal, or the time left before its deadline."""

    on: Names | None = None
    before: str | None = None


class PauseSpec(Keywords):
    """The time between these signals does not count towards the deadline."""

    on: Names
    until: Names


class ClockSpec(Keywords):
    """How the time to the deadline is counted.

    In the open hours of a `calendar` (durations in business hours need one); not while it is
    in `pause`; from the beginning again at a signal (`reset`).
    """

    calendar: str | None = None
    pause: PauseSpec | None = None
    reset: Names | None = None


class AlertSpec(Keywords):
    """Who should know when an instance comes into a state, and how bad it is.

    It does not fire while one of the conditions `unless` holds, nor for the same customer again
    within `at-most-every`.
    """

    severity: Literal["info", "warning", "critical"]
    title: str
    kind: Literal["risk", "opportunity", "incident"] = "risk"
    team: str | None = None
    playbook: str | None = None
    unless: Names | None = None
    at_most_every: str | None = None
    resolves_after: str = "7d"


class MomentSpec(Keywords):
    """A moment of truth: when it opens, what meets it, what misses it, who should know.

    `met`, or `every` and `ends` for a chain. `labels`: values that its events carry, the latest
    of each (`agent: properties.agent`). `tells`: facts that its transitions carry.
    """

    title: str
    opens: OpensSpec
    met: MetSpec | None = None
    every: EverySpec | None = None
    ends: EndsSpec | None = None
    stage: str | None = None
    key: str | None = None
    unmatched: Literal["ignored", "latest"] = "ignored"
    after_close: bool = False
    clock: ClockSpec | None = None
    missed: MissedSpec | None = None
    lapses: LapsesSpec | None = None
    at_risk: AtRiskSpec | None = None
    labels: dict[str, Names] = {}
    tells: list[str] = []
    alert: dict[Literal["open", "at_risk", "missed", "lapsed"], AlertSpec] = {}


class EntersSpec(Keywords):
    """What brings a customer to a stage: a signal, coming `from` some stages.

    Without `from` only from an earlier stage; `from: any` also from a later one.
    """

    on: Names
    from_: Names | None = None


class StageSpec(Keywords):
    """A stage of the journey and what brings a customer there, besides moments that name it."""

    enters: EntersSpec | None = None


class CalendarSpec(Keywords):
    """When a business is open: hours by the day in a time zone, but not on a country's holidays.

    `hours` are by day or days (`sat`, `mon-fri`), as `09:00-12:00, 13:00-17:30`; a country is
    written as its ISO code, with a subdivision where that has its own holidays (`NL`, `DE-BY`).
    """

    zone: str
    hours: dict[str, str]
    holidays: Names | None = None


class ModelSpec(Keywords):
    """A whole model. What it names is read one by one, so that errors say which it is."""

    model: str
    version: str
    title: str
    source: str
    stages: list[str] | dict[str, Any]
    signals: dict[str, Any]
    moments: dict[str, Any]
    subject: Literal["person", "account"] = "person"
    settings: dict[str, Scalar] = {}
    keys: dict[str, Names] = {}
    calendars: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    scores: dict[str, Any] = {}
    conditions: dict[str, Any] = {}
    sectors: dict[str, dict[str, list[EventMatch]]] = {}

"""The words of the model language. Each class is a mapping in the YAML, each field a keyword.

Durations are written with their unit (`7d`, `24h`) or name a setting (`$cart-patience`).
Keywords with a hyphen are fields with an underscore here.
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
    """What a field must be; all that is given must hold. Numbers may be written as strings."""

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


class EventMatch(Keywords):
    """An event by its name, and what its fields must be (`where`: path to condition or value)."""

    event: str
    where: dict[str, Condition | Scalar | list[Scalar]] = {}


class SignalSpec(Keywords):
    """What an event means: `events` by name alone, or `any` of several matches."""

    events: Names | None = None
    any: list[EventMatch] | None = None
    where: dict[str, Condition | Scalar | list[Scalar]] = {}
    value: str | None = None


class OpensSpec(Keywords):
    """What opens an instance: a signal, so many of one (`within` a time if given), or `any`."""

    on: Names | None = None
    count: int | None = None
    of: Names | None = None
    within: str | None = None
    any: list[OpensSpec] | None = None


class MetSpec(Keywords):
    """What meets an open instance: a signal, `within` a time if given; or `quiet` for a time."""

    on: Names | None = None
    within: str | None = None
    quiet: Names | None = None
    for_: str | None = None
    any: list[MetSpec] | None = None


class MissedSpec(Keywords):
    """What misses an open instance, besides its deadline."""

    on: Names


class LapsesSpec(Keywords):
    """An open instance lapses after so long without the signal (counted from its opening)."""

    without: Names
    for_: str


class AtRiskSpec(Keywords):
    """What puts an open instance at risk: a signal, or the time left before its deadline."""

    on: Names | None = None
    before: str | None = None


class AlertSpec(Keywords):
    """Who should know when an instance comes into a state, and how bad it is."""

    severity: Literal["info", "warning", "critical"]
    title: str
    kind: Literal["risk", "opportunity", "incident"] = "risk"
    team: str | None = None
    playbook: str | None = None
    resolves_after: str = "7d"


class MomentSpec(Keywords):
    """A moment of truth: when it opens, what meets it, what misses it, who should know."""

    title: str
    opens: OpensSpec
    met: MetSpec
    stage: str | None = None
    key: str | None = None
    unmatched: Literal["ignored", "latest"] = "ignored"
    after_close: bool = False
    missed: MissedSpec | None = None
    lapses: LapsesSpec | None = None
    at_risk: AtRiskSpec | None = None
    alert: dict[Literal["open", "at_risk", "missed", "lapsed"], AlertSpec] = {}


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
    stages: list[str]
    signals: dict[str, Any]
    moments: dict[str, Any]
    calendars: dict[str, Any] = {}
    subject: Literal["person"] = "person"
    settings: dict[str, Scalar] = {}
    keys: dict[str, str] = {}

"""The form of an explanation. Instants are RFC 3339; `why` and `words` are for people."""

from __future__ import annotations

from typing import Any

import msgspec

from journey.said import Evidence


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What would bring an instance or a subject to a state or stage.

    With `at` it is the clock that will, then, unless what the words name comes first.
    """

    to: str
    words: str
    at: str | None = None


class InstanceExplained(msgspec.Struct, frozen=True, kw_only=True):
    """An instance: its state, why it is in it, and what would change that.

    `next` is when the clock next changes it; `nearly` tells of events that might have. `paused`:
    its time to the deadline stands still.
    """

    instance: str
    version: str
    key: str | None
    state: str
    opened: str
    since: str
    why: str
    evidence: tuple[Evidence, ...]
    deadline: str | None
    next: str | None
    paused: bool
    value: float | None
    currency: str | None
    labels: dict[str, str]
    facts: dict[str, Any]
    outlook: tuple[Outlook, ...]
    nearly: tuple[str, ...]


class MomentExplained(msgspec.Struct, frozen=True, kw_only=True):
    """A moment: its instances in the order of opening; if none is open, why none is."""

    moment: str
    title: str
    instances: tuple[InstanceExplained, ...]
    unopened: tuple[str, ...]


class StageExplained(msgspec.Struct, frozen=True, kw_only=True):
    """The stage that a subject is in, if any, why, and what would lead to others."""

    name: str | None
    since: str | None
    why: str
    evidence: tuple[Evidence, ...]
    outlook: tuple[Outlook, ...]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A fact or a score: its value, and of what it comes."""

    name: str
    value: Any
    why: str


class AlertExplained(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as it stands; `kept back` is one that would have fired but for what is said."""

    moment: str
    key: str | None
    status: str
    severity: str
    title: str
    since: str
    why: str


class ModelExplained(msgspec.Struct, frozen=True, kw_only=True):
    """What one model makes of the subject. `until`: when its life ends if nothing more comes."""

    model: str
    version: str
    stage: StageExplained
    moments: tuple[MomentExplained, ...]
    facts: tuple[Known, ...]
    scores: tuple[Known, ...]
    alerts: tuple[AlertExplained, ...]
    until: str | None


class Coming(msgspec.Struct, frozen=True, kw_only=True):
    """What the clock will do, unless something comes first."""

    at: str
    model: str
    moment: str
    key: str | None
    to: str
    words: str


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was not admitted, and why."""

    message_id: str
    event: str
    at: str
    why: str


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Why some of the events are this subject's, and how many came that way."""

    why: str
    events: int
    first: str
    last: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a subject's journey is as it is at its clock, and what comes next.

    `waiting` has the events that are ahead of the clock, `meaningless` the names of those that
    no model reads. Refusals and origins are of the events that were given.
    """

    subject: str
    clock: str
    models: tuple[ModelExplained, ...]
    coming: tuple[Coming, ...]
    waiting: tuple[str, ...]
    meaningless: tuple[str, ...]
    refused: tuple[Refusal, ...]
    origins: tuple[Origin, ...]

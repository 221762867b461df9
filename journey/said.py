"""What the engine says: transitions of moments and stages, and alerts.

The forms here are those of the topics (see topics/transitions.yaml, topics/alerts.yaml);
instants are RFC 3339 strings, because that is what every reader gets.
"""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["open", "at_risk", "met", "missed", "lapsed", "retracted"]
AlertStatus = Literal["firing", "acknowledged", "snoozed", "resolved"]
ActionName = Literal["acknowledge", "snooze", "assign", "resolve", "comment"]


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """One event that caused a transition, and the part it played (`opened`, `met`, …)."""

    message_id: str
    event: str
    at: str
    role: str


class Transition(msgspec.Struct, frozen=True, rename={"from_": "from"}, gc=False):
    """A change of one moment instance, or of a stage, true since `at` in event time.

    `stage` is the one that the model counts the moment under, None for a stage's own transition.
    `revision` counts what was said about the instance, from 1. `id` is unique a transition
    and the same however often and wherever it is computed. `labels` are what its events say of
    who and where; `facts` what was known of the subject at that instant.
    """

    id: str
    kind: Literal["moment", "stage"]
    model: str
    model_version: str
    subject: str
    moment: str | None
    stage: str | None
    key: str | None
    instance: str
    revision: int
    from_: str | None
    to: str
    at: str
    deadline: str | None
    value: float | None
    currency: str | None
    reason: str
    evidence: tuple[Evidence, ...]
    labels: dict[str, str]
    facts: dict[str, str | int | float | bool | dict[str, float] | None]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an operator's action.

    `clock` is how far the customer's time had come when it was decided: it speaks of what had
    happened by then. `until` is when a snooze ends, or from when on what fires is no longer
    acknowledged.
    """

    id: str
    name: ActionName
    by: str
    accepted: bool
    clock: str
    until: str | None = None
    assignee: str | None = None


class AlertChange(msgspec.Struct, frozen=True):
    """One line of an alert's history: since when it has which status, and why.

    The line of an action says what became of it, and stands at its arrival.
    """

    at: str
    status: AlertStatus
    reason: str
    action: Outcome | None = None


class Comment(msgspec.Struct, frozen=True):
    """What somebody has to say of an alert; `id` is that of the action, `at` its arrival."""

    id: str
    at: str
    by: str
    text: str


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody should do now; `id` is the fingerprint of model, moment, subject and key."""

    id: str
    status: AlertStatus
    severity: Literal["info", "warning", "critical"]
    kind: Literal["risk", "opportunity", "incident"]
    model: str
    moment: str
    subject: str
    key: str | None
    title: str
    playbook: str | None
    team: str | None
    assignee: str | None
    count: int
    value: float | None
    currency: str | None
    first_at: str
    last_at: str
    snoozed_until: str | None
    evidence: tuple[Evidence, ...]
    history: tuple[AlertChange, ...]
    comments: tuple[Comment, ...]


class Said(msgspec.Struct, gc=False):
    """What one step of the engine has to say, in order; empty where nothing changed."""

    transitions: list[Transition]
    alerts: list[Alert]

    def __bool__(self) -> bool:
        """Say whether there is anything to say."""
        return bool(self.transitions or self.alerts)

"""The words of scenarios. Each class is a mapping in the YAML, each field a keyword.

Instants are written `09:00` (of the first day), `day 3 09:00`, `+24h` (after the step before)
or as RFC 3339; the first day is a Monday in UTC, or the day of the first step in RFC 3339.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from journey.language.grammar import Keywords, Scalar


class ScenarioSpec(Keywords):
    """A story of a customer or an account: its title, and the steps in the order of arrival."""

    scenario: str
    steps: list[Any]
    subject: str = "person:customer"


class StepSpec(Keywords):
    """A point in time: an event that arrives then, and what must be true thereafter.

    Without an event the clock runs up to it. `happened` is the event's own time where it is
    another than its arrival: an instant, or `-2h` or `+1min` from it. A message id is written
    out to send a message again. `who` did it in the story of an account. All other keys are the
    event's fields: `price` means `properties.price`; paths that begin with `properties.`,
    `traits.` or `context.` are themselves.
    """

    at: str
    event: str | None = None
    happened: str | None = None
    message_id: str | None = None
    who: str | None = None
    expect: dict[str, Any] = msgspec.field(default_factory=dict)


class MomentSpec(Keywords):
    """What one instance of a moment must be. In short: `met`, or `met at day 2 10:00`.

    Of `labels` and `facts`, those that are named must be as they are here.
    """

    state: str
    at: str | None = None
    key: str | None = None
    deadline: str | None = None
    value: float | None = None
    currency: str | None = None
    reason: str | None = None
    labels: dict[str, str] = {}
    facts: dict[str, Scalar] = {}


class AlertSpec(Keywords):
    """What an alert must be. In short its status: `firing`, `resolved`."""

    status: Literal["firing", "acknowledged", "snoozed", "resolved"]
    severity: Literal["info", "warning", "critical"] | None = None
    kind: Literal["risk", "opportunity", "incident"] | None = None
    title: str | None = None
    team: str | None = None
    playbook: str | None = None
    count: int | None = None

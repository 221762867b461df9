"""What operators do about alerts: which actions are accepted, and what follows from those."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal

import msgspec

from journey.instant import DAY, format_instant, parse_instant
from journey.said import ActionName, Alert, AlertStatus, Comment, Outcome

LONGEST_SNOOZE: Final = 30 * DAY
MOST_COMMENTS: Final = 32

_WAYS: Final[dict[ActionName, Literal["acknowledged", "snoozed", "resolved"]]] = {
    "acknowledge": "acknowledged",
    "snooze": "snoozed",
    "resolve": "resolved",
}


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody (`by`) wants done about an alert that they saw in the status `seen`.

    `at` is its arrival, ms. `until` (ms) is for a snooze, `assignee` for an assignment, `text`
    for a comment.
    """

    id: str
    alert: str
    subject: str
    name: ActionName
    by: str
    seen: AlertStatus
    at: int
    until: int | None = None
    assignee: str | None = None
    text: str | None = None


class Hold(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The latest accepted action that changes the status, decided at `clock` (ms).

    `until` (ms) is when a snooze ends, or from when on what fires is no longer acknowledged.
    """

    status: Literal["acknowledged", "snoozed", "resolved"]
    clock: int
    until: int


class Assigned(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Who was to take an alert over as of `clock` (ms)."""

    to: str
    clock: int


class Handling(msgspec.Struct, frozen=True, array_like=True):
    """What the accepted actions on an alert come to."""

    hold: Hold | None = None
    assigned: Assigned | None = None
    comments: tuple[Comment, ...] = ()

    def taking(self, outcome: Outcome) -> Handling:
        """Add an accepted action that is no comment."""
        clock = parse_instant(outcome.clock)
        if outcome.name == "assign":
            return msgspec.structs.replace(self, assigned=Assigned(outcome.assignee or "", clock))
        until = clock if outcome.until is None else parse_instant(outcome.until)
        return msgspec.structs.replace(self, hold=Hold(_WAYS[outcome.name], clock, until))

    def saying(self, comment: Comment) -> Handling:
        """Add a comment; the latest of them are kept."""
        return msgspec.structs.replace(self, comments=(*self.comments, comment)[-MOST_COMMENTS:])

    def since(self, born: int | None) -> Handling:
        """Leave out what was done before an instant (ms): that was in an earlier life."""
        if born is None or self == NOTHING_DONE:
            return self
        return Handling(
            self.hold if self.hold and self.hold.clock >= born else None,
            self.assigned if self.assigned and self.assigned.clock >= born else None,
            tuple(one for one in self.comments if parse_instant(one.at) >= born),
        )


NOTHING_DONE: Final = Handling()


def handling_of(alert: Alert) -> Handling:
    """Take the outcomes that an alert tells of as they are."""
    handling = Handling(comments=alert.comments)
    for outcome in in_force(change.action for change in alert.history):
        handling = handling.taking(outcome)
    return handling


def in_force(outcomes: Iterable[Outcome | None]) -> list[Outcome]:
    """Give the latest accepted action on the status and the latest assignment, where there are."""
    latest: dict[bool, Outcome] = {}
    for outcome in outcomes:
        if outcome is not None and outcome.accepted and outcome.name != "comment":
            latest[outcome.name == "assign"] = outcome
    return list(latest.values())


def refusal(action: Action, alert: Alert, clock: int) -> str | None:
    """Say in a sentence why an action on an alert as it stands at the clock (ms) is refused.

    A comment is always accepted: nothing depends on it.
    """
    if action.name == "comment":
        return None
    if action.seen != alert.status:
        return f"the alert is {alert.status} by now, and {action.by} saw it {action.seen}"
    if alert.status == "resolved":
        return "the alert is resolved already; it fires again by itself"
    further = _FURTHER.get(action.name)
    return further and further(action, alert, clock)


def _of_acknowledge(_action: Action, alert: Alert, _clock: int) -> str | None:
    return "the alert is acknowledged already" if alert.status == "acknowledged" else None


def _of_snooze(action: Action, _alert: Alert, clock: int) -> str | None:
    now = max(clock, action.at)
    if action.until is None or action.until <= now:
        return f"a snooze must end in the future, after {format_instant(now)}"
    if action.until > now + LONGEST_SNOOZE:
        latest = format_instant(now + LONGEST_SNOOZE)
        return f"a snooze lasts at most {LONGEST_SNOOZE // DAY} days, here until {latest}"
    return None


def _of_assign(action: Action, alert: Alert, _clock: int) -> str | None:
    same = action.assignee == alert.assignee
    return f"the alert is assigned to {alert.assignee} already" if same else None


_FURTHER: Final[dict[ActionName, Callable[[Action, Alert, int], str | None]]] = {
    "acknowledge": _of_acknowledge,
    "snooze": _of_snooze,
    "assign": _of_assign,
}

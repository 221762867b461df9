"""Keeps a journey's alerts in step with its words, its clock and what operators do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from journey.actions import Action, handling_of, refusal
from journey.alerts import (
    WITHDRAWN,
    AlertKey,
    Standing,
    Tally,
    alert_of,
    history,
    resolves_after,
    standing,
    tally,
    withdrawn,
)
from journey.errors import NoSuchAlert
from journey.instant import format_instant
from journey.journey import AlertState, Journey
from journey.lines import Line
from journey.said import Alert, AlertChange, Comment, Outcome
from journey.word import RETRACTED, Word

_HEARD: Final = 64


class AlertDesk:
    """Says the alerts that changed. Holds what the models say of alerts only."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        self._alertings = {
            (line.name, model.version, moment.name, state): alerting
            for line in lines
            for model in line.versions
            for moment in model.moments
            for state, alerting in moment.alerts.items()
        }
        self._alerting = frozenset((model, moment) for model, _, moment, _ in self._alertings)

    def update(self, journey: Journey, words: list[Word], *, every: bool = False) -> list[Alert]:
        """Say the alerts that these words, or the journey's clock, have changed.

        All are looked at where `every` says that more may have: the customer's lives.
        """
        keys = {
            (word.model, word.moment, word.key)
            for word in words
            if word.moment is not None and (word.model, word.moment) in self._alerting
        }
        if every:
            keys |= self._keys(journey)
        aged = journey.next_age is not None and journey.next_age <= journey.clock
        if aged:
            keys |= {
                key
                for key, state in journey.alerts.items()
                if state.due is not None and state.due <= journey.clock
            }
        if not keys and not aged:
            return []
        changed = [self._update(journey, key) for key in sorted(keys, key=_sorting)]
        if aged:
            journey.next_age = next_age(journey.alerts.values())
        else:
            # All alerts are looked through only when one may have aged: there may be thousands.
            journey.next_age = _earlier(journey.next_age, next_age(_states(journey, keys)))
        return [alert for alert in changed if alert is not None]

    def review(self, journey: Journey) -> list[Alert]:
        """Make all alerts as they stand at the journey's clock."""
        found = (
            self._made(journey, key, journey.alerts.get(key) or AlertState())[0]
            for key in sorted(self._keys(journey), key=_sorting)
        )
        return [alert for alert in found if alert is not None]

    def assume(self, journey: Journey, alert: Alert) -> None:
        """Take the outcomes that an alert tells of as given; nothing was said of it yet."""
        key = (alert.model, alert.moment, alert.key)
        state = journey.alerts.get(key) or AlertState()
        journey.alerts[key] = msgspec.structs.replace(state, handling=handling_of(alert))

    def act(self, journey: Journey, action: Action) -> Alert | None:
        """Decide on an action and say what became of it; None where it was heard before.

        Raises NoSuchAlert.
        """
        key, state, said = _find(journey, action)
        if action.id in state.heard:
            return None
        why_not = refusal(action, said, journey.reached)
        outcome = self._outcome(journey, key, action, accepted=why_not is None)
        handling = state.handling
        if why_not is None and action.name == "comment":
            arrived = format_instant(action.at)
            comment = Comment(action.id, arrived, action.by, action.text or "")
            handling = handling.saying(comment)
        elif why_not is None:
            handling = handling.taking(outcome)
        heard = (*state.heard, action.id)[-_HEARD:]
        state = msgspec.structs.replace(state, handling=handling, heard=heard)
        alert, stands = self._made(journey, key, state)
        assert alert is not None, "something was said of it"
        reason = why_not or _REASONS[action.name].format(by=action.by, to=action.assignee)
        line = AlertChange(format_instant(action.at), alert.status, reason, outcome)
        alert = msgspec.structs.replace(alert, history=history(said, line))
        _keep(journey, key, state, alert, stands)
        journey.next_age = _earlier(journey.next_age, stands.due)
        return alert

    def _keys(self, journey: Journey) -> set[AlertKey]:
        keys = {key for key in journey.instances_of if key[:2] in self._alerting}
        return keys | journey.alerts.keys()

    def _outcome(
        self, journey: Journey, key: AlertKey, action: Action, *, accepted: bool
    ) -> Outcome:
        until = action.until
        latest = self._tally(journey, key, journey.alerts[key])[0].latest
        if action.name == "acknowledge" and latest is not None:
            until = journey.reached + resolves_after(self._alertings, latest)
        return Outcome(
            id=action.id,
            name=action.name,
            by=action.by,
            accepted=accepted,
            clock=format_instant(journey.reached),
            until=None if until is None else format_instant(until),
            assignee=action.assignee,
        )

    def _update(self, journey: Journey, key: AlertKey) -> Alert | None:
        state = journey.alerts.get(key)
        if state is None:
            if all(word.firing is None for word in journey.words_of(key)):
                return None  # most moments come to an end without ever firing
            state = AlertState()
        alert, stands = self._made(journey, key, state)
        settled = state.settled.count
        if alert is None or (state.said is None and settled and alert.count == settled):
            return None  # of what is final nothing is said again
        changed = alert != state.said
        _keep(journey, key, state, alert, stands)
        return alert if changed else None

    def _made(
        self, journey: Journey, key: AlertKey, state: AlertState
    ) -> tuple[Alert | None, Standing]:
        """Make the alert as it stands at the journey's clock; None where there is none."""
        tallied, born = self._tally(journey, key, state)
        handling = state.handling.since(born)
        stands = standing(self._alertings, tallied, handling.hold, journey.clock)
        if stands is None:
            said = state.said
            return (None if said is None else withdrawn(said, handling)), WITHDRAWN
        subject, said = journey.subject, state.said
        return alert_of(self._alertings, key, subject, tallied, handling, stands, said), stands

    def _tally(
        self, journey: Journey, key: AlertKey, state: AlertState
    ) -> tuple[Tally, int | None]:
        """Count the instances of the latest life, and give when that began (ms)."""
        # An alert counts within one life, its latest: what was before is forgotten with the state.
        # What was retracted never was, nor did it begin a life.
        words = [
            (journey.live.life_of(key[0], one.opened), one)
            for one in journey.words_of(key)
            if one.to != RETRACTED
        ]
        born = max((life for life, _ in words if life is not None), default=state.born)
        settled = state.settled if state.born == born else Tally()
        return tally(settled, [word for life, word in words if life == born]), born


_REASONS: Final = {
    "acknowledge": "{by} acknowledged it",
    "snooze": "{by} snoozed it",
    "assign": "{by} assigned it to {to}",
    "resolve": "{by} resolved it",
    "comment": "{by} commented on it",
}


def next_age(alerts: Iterable[AlertState]) -> int | None:
    """Say when the clock alone next changes an alert, ms; None if it will not."""
    return min((one.due for one in alerts if one.due is not None), default=None)


def _find(journey: Journey, action: Action) -> tuple[AlertKey, AlertState, Alert]:
    for key, state in journey.alerts.items():
        if state.said is not None and state.said.id == action.alert:
            return key, state, state.said
    raise NoSuchAlert(
        f"{action.subject} has no alert {action.alert}, or it has been resolved for long; "
        "expected the id of one that stands"
    )


def _keep(
    journey: Journey, key: AlertKey, state: AlertState, alert: Alert, stands: Standing
) -> None:
    journey.alerts[key] = msgspec.structs.replace(state, said=alert, at=stands.at, due=stands.due)


def _states(journey: Journey, keys: Iterable[AlertKey]) -> Iterator[AlertState]:
    return (journey.alerts[key] for key in keys if key in journey.alerts)


def _earlier(one: int | None, other: int | None) -> int | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _sorting(key: AlertKey) -> tuple[str, str, str]:
    return (key[0], key[1], key[2] or "")

"""Keeps a journey's alerts in step with its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from journey.alerts import AlertKey, Tally, alert_of, due, tally
from journey.journey import AlertState, Journey
from journey.lines import Line
from journey.said import Alert
from journey.word import Word


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

    def update(self, journey: Journey, words: list[Word]) -> list[Alert]:
        """Say the alerts that these words, or the journey's clock, have changed."""
        keys = {
            (word.model, word.moment, word.key)
            for word in words
            if word.moment is not None and (word.model, word.moment) in self._alerting
        }
        aged = journey.next_age is not None and journey.next_age <= journey.clock
        if aged:
            keys |= {
                key
                for key, state in journey.alerts.items()
                if state.ages_at is not None and state.ages_at <= journey.clock
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

    def _update(self, journey: Journey, key: AlertKey) -> Alert | None:
        state = journey.alerts.get(key) or AlertState(Tally(), None, None, None)
        # An alert counts within one life, its latest: what was before is forgotten with the state.
        words = [(journey.live.life_of(key[0], one.opened), one) for one in journey.words_of(key)]
        born = max((life for life, _ in words if life is not None), default=state.born)
        settled = state.settled if state.born == born else Tally()
        tallied = tally(settled, [word for life, word in words if life == born])
        alert = alert_of(self._alertings, key, journey.subject, tallied, state.said, journey.clock)
        if alert is None or alert == state.said:
            return None
        ages_at = due(self._alertings, tallied) if alert.status == "firing" else None
        journey.alerts[key] = AlertState(state.settled, state.born, alert, ages_at)
        return alert


def next_age(alerts: Iterable[AlertState]) -> int | None:
    """Say when the next alert resolves by age, ms; None if none will."""
    return min((one.ages_at for one in alerts if one.ages_at is not None), default=None)


def _states(journey: Journey, keys: Iterable[AlertKey]) -> Iterator[AlertState]:
    return (journey.alerts[key] for key in keys if key in journey.alerts)


def _earlier(one: int | None, other: int | None) -> int | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _sorting(key: AlertKey) -> tuple[str, str, str]:
    return (key[0], key[1], key[2] or "")

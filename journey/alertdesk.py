"""Keeps a journey's alerts in step with its words."""

from __future__ import annotations

from journey.alerts import AlertKey, Tally, alert_of, due, tally
from journey.journey import AlertState, Journey
from journey.model import Model
from journey.said import Alert
from journey.word import Word


class AlertDesk:
    """Says the alerts that changed. Holds the models only."""

    def __init__(self, models: tuple[Model, ...]) -> None:
        self._models = {model.name: model for model in models}
        self._alerting = frozenset(
            (model.name, moment.name)
            for model in models
            for moment in model.moments
            if moment.alerts
        )

    def update(self, journey: Journey, words: list[Word]) -> list[Alert]:
        """Say the alerts that these words, or the journey's clock, have changed."""
        keys: dict[AlertKey, None] = {
            (word.model, word.moment, word.key): None
            for word in words
            if word.moment is not None and (word.model, word.moment) in self._alerting
        }
        for key, state in journey.alerts.items():
            if state.ages_at is not None and state.ages_at <= journey.clock:
                keys[key] = None
        changed = (self._update(journey, key) for key in keys)
        return [alert for alert in changed if alert is not None]

    def _update(self, journey: Journey, key: AlertKey) -> Alert | None:
        state = journey.alerts.get(key) or AlertState(Tally(), None, None)
        model = self._models[key[0]]
        tallied = tally(state.settled, _words(journey, key))
        alert = alert_of(model, key, journey.subject, tallied, state.said, journey.clock)
        if alert is None or alert == state.said:
            return None
        ages_at = due(model, key, tallied) if alert.status == "firing" else None
        journey.alerts[key] = AlertState(state.settled, alert, ages_at)
        return alert


def _words(journey: Journey, key: AlertKey) -> list[Word]:
    return [
        spoken.word
        for spoken in journey.spoken.values()
        if (spoken.word.model, spoken.word.moment, spoken.word.key) == key
    ]

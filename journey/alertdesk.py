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
        keys = {
            (word.model, word.moment, word.key)
            for word in words
            if word.moment is not None and (word.model, word.moment) in self._alerting
        }
        for key, state in journey.alerts.items():
            if state.ages_at is not None and state.ages_at <= journey.clock:
                keys.add(key)
        if not keys:
            return []
        at_hand = _words(journey, keys)
        changed = (self._update(journey, key, at_hand[key]) for key in sorted(keys, key=_sorting))
        return [alert for alert in changed if alert is not None]

    def _update(self, journey: Journey, key: AlertKey, words: list[Word]) -> Alert | None:
        state = journey.alerts.get(key) or AlertState(Tally(), None, None, None)
        model, born = self._models[key[0]], journey.live.born
        # An alert counts within one life: what was before is forgotten with the state.
        settled = state.settled if state.born == born else Tally()
        tallied = tally(settled, [word for word in words if born is None or word.opened >= born])
        alert = alert_of(model, key, journey.subject, tallied, state.said, journey.clock)
        if alert is None or alert == state.said:
            return None
        ages_at = due(model, key, tallied) if alert.status == "firing" else None
        journey.alerts[key] = AlertState(state.settled, state.born, alert, ages_at)
        return alert


def _words(journey: Journey, keys: set[AlertKey]) -> dict[AlertKey, list[Word]]:
    """Give the last words on the instances of some alerts, in one pass over all of them."""
    found: dict[AlertKey, list[Word]] = {key: [] for key in keys}
    for spoken in journey.spoken.values():
        word = spoken.word
        if word.moment is not None:
            of_alert = found.get((word.model, word.moment, word.key))
            if of_alert is not None:
                of_alert.append(word)
    return found


def _sorting(key: AlertKey) -> tuple[str, str, str]:
    return (key[0], key[1], key[2] or "")

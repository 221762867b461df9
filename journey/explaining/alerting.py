"""The alerts of a subject, and those that were kept back."""

from __future__ import annotations

from collections.abc import Iterator

from journey.alerts import title_of
from journey.explaining.case import Case
from journey.explaining.explanation import AlertExplained
from journey.explaining.hindsight import at_instant
from journey.explaining.instances import moment_of
from journey.explaining.phrases import write_duration
from journey.instant import format_instant
from journey.tables import Alerting
from journey.word import RETRACTED, Word

KEPT_BACK = "kept back"


def explain_alerts(case: Case, moment: str) -> list[AlertExplained]:
    """Give a moment's alerts as they stand, then the firings that were kept back, by time."""
    said = [state.said for state in case.journey.alerts.values() if state.said is not None]
    return [
        *(
            AlertExplained(
                moment=moment,
                key=alert.key,
                status=alert.status,
                severity=alert.severity,
                title=alert.title,
                since=alert.history[-1].at,
                why=alert.history[-1].reason,
            )
            for alert in said
            if (alert.model, alert.moment) == (case.line.name, moment)
        ),
        *(one for word in case.words(moment) for one in _kept_back(case.under(word.version), word)),
    ]


def _kept_back(case: Case, word: Word) -> Iterator[AlertExplained]:
    """Give the alert that an instance would have fired, had nothing been against it."""
    alerting = moment_of(case, word).alerts.get(word.to)
    firing = word.firing
    if alerting is None or word.to == RETRACTED:
        return
    if firing is None or (firing.state, firing.at) != (word.to, word.at):
        yield AlertExplained(
            moment=word.moment or "",
            key=word.key,
            status=KEPT_BACK,
            severity=alerting.severity,
            title=title_of(alerting.title, case.journey.subject, word),
            since=format_instant(word.at),
            why=_why(case, word, alerting),
        )


def _why(case: Case, word: Word, alerting: Alerting) -> str:
    """Say what was against a firing, as far as it can be known afterwards."""
    before = _fired_before(case, word)
    every = alerting.at_most_every
    if every is not None and before is not None and word.at - before < every:
        again = f"at most one in {write_duration(every)} fires for a customer"
        return f"one fired at {case.write(before)}, and {again}"
    cause = next(
        (seen for seen, means in reversed(case.happened) if means and seen.t <= word.at), None
    )
    asked = at_instant(case, word.at, cause)
    held = [] if asked is None else list(asked.holding(alerting.unless))
    if held:
        return "; ".join(held)
    names = " or ".join(f"`{case.model.tests[at].name}`" for at in alerting.unless)
    return f"{names} held then" if names else "another had fired shortly before"


def _fired_before(case: Case, word: Word) -> int | None:
    """Say when an alert of the moment fired last before an instance came into its state, ms."""
    times = [
        other.firing.at
        for other in case.words(word.moment or "")
        if other.firing is not None and other.instance != word.instance
    ]
    alerted = case.part.alerted.get(word.moment or "")
    return max((at for at in [*times, alerted] if at is not None and at <= word.at), default=None)

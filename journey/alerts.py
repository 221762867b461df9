"""Alerts as a function of the last words: one for each moment of a subject and key.

An alert fires while the latest firing of its instances is younger than their latest good end
(met or lapsed) and than `resolves-after`. Retracted instances count for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from journey import identity
from journey.instant import format_instant
from journey.said import Alert, AlertChange, AlertStatus, Evidence
from journey.tables import Alerting
from journey.word import Ref, Word

_HISTORY = 20
_GOOD_ENDS = frozenset({"met", "lapsed"})

AlertKey = tuple[str, str, str | None]
"""(model, moment, key)."""

Alertings = Mapping[tuple[str, str, str, str], Alerting]
"""By (model, version, moment, state)."""


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """What the instances of one alert come to, together.

    Times are event times in ms. `latest` is the word that fired last, None if none fired.
    """

    count: int = 0
    first_at: int | None = None
    latest: Word | None = None
    ended_at: int | None = None
    ended_by: str | None = None


def tally(before: Tally, words: Iterable[Word]) -> Tally:
    """Add the last words of instances to a tally, in an order that depends on them alone."""
    result = before
    for word in sorted(words, key=lambda one: (one.at, one.instance)):
        if word.to != "retracted":
            result = _ended(_fired(result, word), word)
    return result


def due(alertings: Alertings, tallied: Tally) -> int | None:
    """Say when the alert resolves by age alone, ms; None if nothing has fired."""
    latest = tallied.latest
    if latest is None or latest.firing is None:
        return None
    return latest.firing.at + _alerting(alertings, latest).resolves_after


def alert_of(
    alertings: Alertings,
    key: AlertKey,
    subject: str,
    tallied: Tally,
    before: Alert | None,
    clock: int,
) -> Alert | None:
    """Make the alert as it stands at the clock; None when there is nothing to alert to.

    `before` is what was last said of it: its history goes on, and it resolves when every
    instance that fired was retracted.
    """
    latest = tallied.latest
    if latest is None or latest.firing is None:
        return None if before is None else _withdrawn(before)
    alerting = _alerting(alertings, latest)
    status, at, reason = _status(tallied, latest.firing.at, alerting, clock)
    return Alert(
        id=identity.alert(key[0], key[1], subject, key[2]),
        status=status,
        severity=alerting.severity,
        kind=alerting.kind,
        model=key[0],
        moment=key[1],
        subject=subject,
        key=key[2],
        title=title_of(alerting.title, subject, latest),
        playbook=alerting.playbook,
        team=alerting.team,
        assignee=None,
        count=tallied.count,
        value=latest.value,
        currency=latest.currency,
        first_at=format_instant(latest.firing.at if tallied.first_at is None else tallied.first_at),
        last_at=format_instant(latest.firing.at),
        snoozed_until=None,
        evidence=evidence(latest.evidence),
        history=_history(before, status, at, reason or f"{key[1]} {latest.firing.state}"),
        comments=(),
    )


def evidence(refs: tuple[Ref, ...]) -> tuple[Evidence, ...]:
    """Write evidence as it is said."""
    return tuple(
        [Evidence(ref.message_id, ref.event, format_instant(ref.t), ref.role) for ref in refs]
    )


def _alerting(alertings: Alertings, word: Word) -> Alerting:
    assert word.firing is not None, "asked of a word that fired"
    return alertings[word.model, word.version, word.moment or "", word.firing.state]


def _fired(before: Tally, word: Word) -> Tally:
    if word.firing is None:
        return before
    known = before.latest
    newer = (
        known is None
        or known.firing is None
        or ((word.firing.at, word.instance) > (known.firing.at, known.instance))
    )
    return msgspec.structs.replace(
        before,
        count=before.count + 1,
        first_at=word.firing.first_at
        if before.first_at is None
        else min(word.firing.first_at, before.first_at),
        latest=word if newer else known,
    )


def _ended(before: Tally, word: Word) -> Tally:
    if word.to not in _GOOD_ENDS or (before.ended_at is not None and before.ended_at >= word.at):
        return before
    return msgspec.structs.replace(before, ended_at=word.at, ended_by=word.to)


def _status(
    tallied: Tally, fired_at: int, alerting: Alerting, clock: int
) -> tuple[AlertStatus, int, str]:
    ages_at = fired_at + alerting.resolves_after
    if tallied.ended_at is not None and fired_at <= tallied.ended_at <= ages_at:
        return "resolved", tallied.ended_at, f"the moment was {tallied.ended_by}"
    if clock >= ages_at:
        return "resolved", ages_at, "nobody resolved it in time"
    return "firing", fired_at, ""


def _withdrawn(before: Alert) -> Alert:
    reason = "what it was about no longer stands"
    return msgspec.structs.replace(
        before,
        status="resolved",
        count=0,
        history=_history(before, "resolved", None, reason, at_text=before.last_at),
    )


def _history(
    before: Alert | None,
    status: AlertStatus,
    at: int | None,
    reason: str,
    at_text: str = "",
) -> tuple[AlertChange, ...]:
    lines = before.history if before else ()
    if lines and lines[-1].status == status:
        return lines
    return (*lines, AlertChange(at_text if at is None else format_instant(at), status, reason))[
        -_HISTORY:
    ]


def title_of(template: str, subject: str, word: Word) -> str:
    """Fill a title in with what a word says."""
    value = "unknown value" if word.value is None else f"{word.value:.2f} {word.currency}"
    known = {
        "value": value,
        "currency": word.currency or "",
        "key": word.key or "",
        "subject": subject,
        **dict(word.labels),
        **{name: "unknown" if fact is None else str(fact) for name, fact in word.facts},
    }
    for name, text in known.items():
        template = template.replace("{" + name + "}", text)
    return template

"""Alerts as a function of the last words, the accepted actions and the clock.

There is one for each moment of a subject and key. It fires while the latest firing of its
instances is younger than their latest good end (met or lapsed) and than `resolves-after`.
Retracted instances count for nothing. An action speaks of what had happened by the clock at
which it was accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from journey import identity
from journey.actions import Handling, Hold, in_force
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


class Standing(msgspec.Struct, frozen=True):
    """The status of an alert, since when (ms) and why, and when the clock alone changes it (ms)."""

    status: AlertStatus
    at: int
    reason: str
    due: int | None = None


WITHDRAWN: Final = Standing("resolved", -1, "what it was about no longer stands")


def standing(
    alertings: Alertings, tallied: Tally, hold: Hold | None, clock: int
) -> Standing | None:
    """Say how an alert stands at the clock (ms); None where nothing that fired stands."""
    latest = tallied.latest
    if latest is None or latest.firing is None:
        return None
    fired, held = latest.firing.at, _held(tallied, latest.firing.at, hold)
    if held is not None and held.status == "resolved":
        return Standing("resolved", held.clock, "resolved by hand")
    since, ages_at = fired, fired + resolves_after(alertings, latest)
    if held is not None and held.status == "acknowledged":
        ages_at = max(ages_at, held.until)
    elif held is not None and held.until > fired:
        since, ages_at = held.until, ages_at + held.until - fired
    over = _over(tallied, fired, ages_at, clock)
    if over is None and held is not None and _is_quiet(held, fired, clock):
        changes_at = held.until if held.status == "snoozed" else ages_at
        return Standing(held.status, held.clock, f"{held.status} by hand", changes_at)
    why = f"{latest.moment} {latest.firing.state}" if since == fired else "the snooze is over"
    return over or Standing("firing", since, why, ages_at)


def _over(tallied: Tally, fired: int, ages_at: int, clock: int) -> Standing | None:
    """Say how an alert was resolved by its moment or by age; None where it was not."""
    ended_at = tallied.ended_at
    if ended_at is not None and fired <= ended_at <= ages_at:
        return Standing("resolved", ended_at, f"the moment was {tallied.ended_by}")
    if clock >= ages_at:
        return Standing("resolved", ages_at, "nobody resolved it in time")
    return None


def _is_quiet(held: Hold, fired: int, clock: int) -> bool:
    """Say whether somebody has the alert in hand, or does not want to hear of it now."""
    return (clock if held.status == "snoozed" else fired) < held.until


def _held(tallied: Tally, fired: int, hold: Hold | None) -> Hold | None:
    """Give the action on the status that still counts.

    None after a resolution by hand counts where it fired since. Any other counts where something
    that had fired by then still stands, and it did not resolve and fire anew in between.
    """
    if hold is None:
        return None
    if hold.status == "resolved":
        return hold if fired <= hold.clock else None
    first, ended = tallied.first_at, tallied.ended_at
    anew = ended is not None and hold.clock < ended < fired
    return None if anew or first is None or first > hold.clock else hold


def resolves_after(alertings: Alertings, word: Word) -> int:
    """Say how long the alert stands that a word fired, ms."""
    return _alerting(alertings, word).resolves_after


def alert_of(
    alertings: Alertings,
    key: AlertKey,
    subject: str,
    tallied: Tally,
    handling: Handling,
    stands: Standing,
    before: Alert | None,
) -> Alert:
    """Make the alert of what fired, as it stands; the history of what was said before goes on."""
    latest = tallied.latest
    assert latest is not None, "asked of what fired"
    assert latest.firing is not None, "asked of what fired"
    alerting = _alerting(alertings, latest)
    assigned, hold = handling.assigned, handling.hold
    until = hold.until if stands.status == "snoozed" and hold else None
    return Alert(
        id=identity.alert(key[0], key[1], subject, key[2]),
        status=stands.status,
        severity=alerting.severity,
        kind=alerting.kind,
        model=key[0],
        moment=key[1],
        subject=subject,
        key=key[2],
        title=title_of(alerting.title, subject, latest),
        playbook=alerting.playbook,
        team=alerting.team,
        assignee=assigned.to if assigned else None,
        count=tallied.count,
        value=latest.value,
        currency=latest.currency,
        first_at=format_instant(latest.firing.at if tallied.first_at is None else tallied.first_at),
        last_at=format_instant(latest.firing.at),
        snoozed_until=None if until is None else format_instant(until),
        evidence=evidence(latest.evidence),
        history=history(before, _change(stands)),
        comments=handling.comments,
    )


def withdrawn(before: Alert, handling: Handling) -> Alert:
    """Make the alert of which nothing stands any more."""
    change = AlertChange(before.last_at, WITHDRAWN.status, WITHDRAWN.reason)
    return msgspec.structs.replace(
        before,
        status="resolved",
        count=0,
        assignee=handling.assigned.to if handling.assigned else None,
        snoozed_until=None,
        history=history(before, change),
        comments=handling.comments,
    )


def history(before: Alert | None, change: AlertChange) -> tuple[AlertChange, ...]:
    """Add a line where the status changes or an action was decided; the latest lines are kept.

    So are those of the accepted actions that the alert still stands by.
    """
    lines = before.history if before else ()
    if lines and lines[-1].status == change.status and change.action is None:
        return lines
    lines = (*lines, change)
    older, latest = lines[:-_HISTORY], lines[-_HISTORY:]
    needed = in_force(line.action for line in lines) if older else ()
    return (*(line for line in older if line.action in needed), *latest)


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


def _change(stands: Standing) -> AlertChange:
    return AlertChange(format_instant(stands.at), stands.status, stands.reason)


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

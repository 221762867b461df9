"""One change as rows, with the totals it moves."""

from __future__ import annotations

from collections import Counter

from services.api.readmodel.database import Session
from services.api.readmodel.records import (
    AlertRemoved,
    AlertWritten,
    Change,
    JourneyRemoved,
    JourneyWritten,
    LetterDropped,
    TransitionSaid,
)

Counts = Counter[tuple[str, str, str, str]]
"""What is to be added to the table `counts`, by its key."""


def write_change(session: Session, change: Change, sequence: int, counts: Counts) -> str:
    """Write one change and give the name of its table."""
    match change:
        case JourneyWritten():
            _journey(session, change, counts)
            return "journeys"
        case JourneyRemoved():
            _remove_journey(session, change.subject, counts)
            return "journeys"
        case TransitionSaid():
            _transition(session, change, sequence, counts)
            return "transitions"
        case AlertWritten():
            _remove_alert(session, change.alert.id, counts)
            _alert(session, change, sequence, counts)
            return "alerts"
        case AlertRemoved():
            _remove_alert(session, change.id, counts)
            return "alerts"
        case LetterDropped():
            _letter(session, change, counts)
            return "dead_letters"


def _journey(session: Session, change: JourneyWritten, counts: Counts) -> None:
    _remove_journey(session, change.subject, counts)
    subject = change.subject
    counts["customers", "", "", ""] += 1
    session.run("INSERT INTO journeys VALUES (?, ?)", subject, change.document)
    session.many(
        "INSERT INTO journey_moments VALUES (?, ?, ?, ?)", [(subject, *m) for m in change.moments]
    )
    session.many(
        "INSERT INTO journey_stages VALUES (?, ?, ?)", [(subject, *s) for s in change.stages]
    )


def _remove_journey(session: Session, subject: str, counts: Counts) -> None:
    if session.rows("SELECT 1 FROM journeys WHERE subject = ?", subject):
        counts["customers", "", "", ""] -= 1
        session.run("DELETE FROM journeys WHERE subject = ?", subject)
        session.run("DELETE FROM journey_moments WHERE subject = ?", subject)
        session.run("DELETE FROM journey_stages WHERE subject = ?", subject)


def _transition(session: Session, change: TransitionSaid, sequence: int, counts: Counts) -> None:
    said = change.said
    counts["transitions", said.model, said.moment or "", said.to] += 1
    session.run(
        "INSERT INTO transitions VALUES (?, ?, ?, ?, ?, ?)",
        *(said.id, said.subject, said.instance, change.at_ms, sequence, change.document),
    )
    if said.kind == "moment":
        _last_word(session, change, counts)


def _last_word(session: Session, change: TransitionSaid, counts: Counts) -> None:
    """Keep the transition as the last word on its instance, and count states by last words."""
    said = change.said
    moment = said.moment or ""
    for (state,) in session.rows("SELECT state FROM moments WHERE instance = ?", said.instance):
        counts["moments", said.model, moment, state] -= 1
    counts["moments", said.model, moment, said.to] += 1
    session.run(
        "INSERT INTO moments VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (instance) DO UPDATE SET state = excluded.state, "
        "revision = excluded.revision, at_ms = excluded.at_ms, document = excluded.document",
        *(said.instance, said.subject, said.model, moment, said.to, said.revision),
        *(change.at_ms, change.document),
    )


def _alert(session: Session, change: AlertWritten, sequence: int, counts: Counts) -> None:
    alert = change.alert
    counts["alerts", "", alert.severity, alert.status] += 1
    session.run(
        "INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(alert.id, alert.subject, alert.model, alert.moment, alert.status, alert.severity),
        *(alert.team, change.last_at_ms, sequence, change.document),
    )


def _remove_alert(session: Session, identity: str, counts: Counts) -> None:
    for severity, status in session.rows(
        "SELECT severity, status FROM alerts WHERE id = ?", identity
    ):
        counts["alerts", "", severity, status] -= 1
        session.run("DELETE FROM alerts WHERE id = ?", identity)


def _letter(session: Session, change: LetterDropped, counts: Counts) -> None:
    counts["dead_letters", "", change.reason, ""] += 1
    session.run(
        "INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(change.partition, change.offset, change.at_ms, change.stage, change.reason),
        *(change.message, *change.source),
    )

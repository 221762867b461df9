"""The questions that the API asks of the read model. All are plain functions over a session."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from services.api.readmodel.database import Row, Session
from services.api.readmodel.entries import Entry

TimeKey = tuple[int, str]
"""The sort key of a list by time: ms since the epoch, then an id."""

_NEWEST: TimeKey = (1 << 62, "")


class Conditions:
    """The WHERE of a question, built from the filters that were given; values never enter it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.values: list[object] = []

    def add(self, part: str, *values: object) -> None:
        """Add a condition with its values, unless the only value is None."""
        if values != (None,):
            self._parts.append(part)
            self.values.extend(values)

    def ask(self, session: Session, select: str, rest: str, *values: object) -> list[Row]:
        """Ask with these conditions between SELECT … FROM … and the rest."""
        return session.rows(f"{select} WHERE {self} {rest}", *self.values, *values)

    def add_any(self, column: str, values: Sequence[object]) -> None:
        """Add that a column has any of the values, unless there are none."""
        if values:
            self._parts.append(f"{column} IN ({', '.join('?' * len(values))})")
            self.values.extend(values)

    def add_among(self, column: str, select: str, inner: Conditions) -> None:
        """Add that a column is among those selected under other conditions."""
        self._parts.append(f"{column} IN ({select} WHERE {inner})")
        self.values.extend(inner.values)

    def __str__(self) -> str:
        """Write the conditions as SQL."""
        return " AND ".join(self._parts) or "1 = 1"


class CustomerFilter(msgspec.Struct, frozen=True):
    """What customers are found by; `state` is that of a moment."""

    model: str | None = None
    stage: str | None = None
    moment: str | None = None
    state: str | None = None


def customers(session: Session, wanted: CustomerFilter, after: str, limit: int) -> list[Row]:
    """Give (subject, document) by subject, from after the given one."""
    where = Conditions()
    where.add("subject > ?", after)
    if wanted.moment or wanted.state or (wanted.model and not wanted.stage):
        moments = Conditions()
        moments.add("moment = ?", wanted.moment)
        moments.add("state = ?", wanted.state)
        moments.add("model = ?", wanted.model)
        where.add_among("subject", "SELECT subject FROM journey_moments", moments)
    if wanted.stage:
        stages = Conditions()
        stages.add("stage = ?", wanted.stage)
        stages.add("model = ?", wanted.model)
        where.add_among("subject", "SELECT subject FROM journey_stages", stages)
    return where.ask(
        session, "SELECT subject, document FROM journeys", "ORDER BY subject LIMIT ?", limit
    )


def customer(session: Session, subject: str) -> str | None:
    """Give the document of a subject, None where nothing is known of it."""
    found = session.rows("SELECT document FROM journeys WHERE subject = ?", subject)
    return str(found[0][0]) if found else None


def timeline(session: Session, subject: str, before: tuple[int, int], limit: int) -> list[Row]:
    """Give (at_ms, sequence, type, document), newest first, from before the given place."""
    return session.rows(
        "SELECT * FROM ("
        "SELECT at_ms, sequence, 'transition' AS type, document FROM transitions WHERE subject = ? "
        "UNION ALL "
        "SELECT last_at_ms, sequence, 'alert' AS type, document FROM alerts WHERE subject = ?"
        ") AS line WHERE (at_ms, sequence) < (?, ?) ORDER BY at_ms DESC, sequence DESC LIMIT ?",
        *(subject, subject, *before, limit),
    )


class MomentFilter(msgspec.Struct, frozen=True):
    """What last words are found by."""

    model: str | None = None
    moment: str | None = None
    state: str | None = None
    subject: str | None = None


def moments(
    session: Session, wanted: MomentFilter, before: TimeKey | None, limit: int
) -> list[Row]:
    """Give (at_ms, instance, document) of last words, newest first."""
    where = Conditions()
    where.add("model = ?", wanted.model)
    where.add("moment = ?", wanted.moment)
    where.add("state = ?", wanted.state)
    where.add("subject = ?", wanted.subject)
    where.add("(at_ms, instance) < (?, ?)", *(before or _NEWEST))
    return where.ask(
        session,
        "SELECT at_ms, instance, document FROM moments",
        "ORDER BY at_ms DESC, instance DESC LIMIT ?",
        limit,
    )


class AlertFilter(msgspec.Struct, frozen=True):
    """What alerts are found by: any of the statuses, any of the severities, and the rest."""

    status: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    team: str | None = None
    model: str | None = None
    moment: str | None = None
    subject: str | None = None

    def places(self) -> Conditions:
        """Give the conditions on everything but status and severity."""
        where = Conditions()
        where.add("team = ?", self.team)
        where.add("model = ?", self.model)
        where.add("moment = ?", self.moment)
        where.add("subject = ?", self.subject)
        return where


def alerts(session: Session, wanted: AlertFilter, before: TimeKey | None, limit: int) -> list[Row]:
    """Give (last_at_ms, id, document), the latest firing first."""
    where = wanted.places()
    where.add_any("status", wanted.status)
    where.add_any("severity", wanted.severity)
    where.add("(last_at_ms, id) < (?, ?)", *(before or _NEWEST))
    return where.ask(
        session,
        "SELECT last_at_ms, id, document FROM alerts",
        "ORDER BY last_at_ms DESC, id DESC LIMIT ?",
        limit,
    )


def alert_counts(session: Session, wanted: AlertFilter) -> list[Row]:
    """Give (status, severity, n) of all alerts that pass the filters but for these two."""
    where = wanted.places()
    if not where.values:
        return session.rows("SELECT state, name, n FROM counts WHERE what = 'alerts' AND n > 0")
    return where.ask(
        session, "SELECT status, severity, COUNT(*) FROM alerts", "GROUP BY status, severity"
    )


def alert(session: Session, identity: str) -> str | None:
    """Give the document of an alert, None where there is none of that id."""
    found = session.rows("SELECT document FROM alerts WHERE id = ?", identity)
    return str(found[0][0]) if found else None


def totals(session: Session) -> list[Row]:
    """Give (what, model, name, state, n) of everything that is counted."""
    return session.rows(
        "SELECT what, model, name, state, n FROM counts WHERE n > 0 ORDER BY 1, 2, 3, 4"
    )


def latest_at_ms(session: Session) -> int | None:
    """Give the newest instant of any last word, None before the first."""
    found = session.rows("SELECT MAX(at_ms) FROM moments")
    return found[0][0] if found else None


def entries(session: Session, after: int, limit: int) -> list[Entry]:
    """Give the entries of the stream after a number, oldest first."""
    found = session.rows(
        "SELECT * FROM stream WHERE sequence > ? ORDER BY sequence LIMIT ?", after, limit
    )
    return [Entry(*row) for row in found]

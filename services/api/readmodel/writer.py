"""Changes into rows: one call is one transaction, offsets and stream numbers included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from secrets import token_hex

import msgspec
import structlog

from services.api.readmodel.database import Session, meta, set_meta
from services.api.readmodel.entries import Entry, entry_of
from services.api.readmodel.records import AlertWritten, Change, TransitionSaid
from services.api.readmodel.rows import Counts, write_change

_log = structlog.get_logger()

Place = tuple[str, int]
"""A topic and a partition."""

_TABLES = (
    "offsets",
    "journeys",
    "journey_moments",
    "journey_stages",
    "transitions",
    "moments",
    "alerts",
    "dead_letters",
    "stream",
    "counts",
)


class Written(msgspec.Struct, frozen=True):
    """What one write did: the new entries of the stream, in order, and the rows by table."""

    entries: list[Entry]
    rows: dict[str, int]


def begin_epoch(session: Session, cluster: str) -> str:
    """Empty the read model and start another numbering of the stream; give its epoch."""
    for table in _TABLES:
        session.run(f"DELETE FROM {table}")  # noqa: S608 - names from the list above
    epoch = token_hex(4)
    for name, value in (("epoch", epoch), ("cluster", cluster), ("sequence", "0")):
        set_meta(session, name, value)
    return epoch


def apply(
    session: Session, changes: Iterable[Change], positions: Mapping[Place, int], kept: int
) -> Written:
    """Write the changes in their order, then where to go on reading.

    `kept` is how many entries of the stream can be resumed.
    """
    counts: Counts = Counter()
    rows: Counter[str] = Counter()
    entries: list[Entry] = []
    sequence = last_sequence(session)
    for change in changes:
        if isinstance(change, TransitionSaid) and _repeats(session, change):
            continue
        if isinstance(change, TransitionSaid | AlertWritten):
            sequence += 1
            entries.append(entry_of(sequence, change))
        rows[write_change(session, change, sequence, counts)] += 1
    _append(session, entries, sequence, kept)
    _add_counts(session, counts)
    _go_on(session, positions)
    return Written(entries, dict(rows))


def last_sequence(session: Session) -> int:
    """Give the number of the newest entry of the stream, 0 before the first."""
    return int(meta(session, "sequence") or 0)


def _repeats(session: Session, change: TransitionSaid) -> bool:
    """Say whether the transition is known already, which only a fault of its writer explains.

    It is told and left out: `touchstone verify` is what finds the cause, and a repeated word
    must neither stop the readers nor be shown twice.
    """
    if not session.rows("SELECT 1 FROM transitions WHERE id = ?", change.said.id):
        return False
    _log.warning("transition_repeated", id=change.said.id, instance=change.said.instance)
    return True


def _append(session: Session, entries: list[Entry], sequence: int, kept: int) -> None:
    session.many(
        "INSERT INTO stream VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [msgspec.structs.astuple(entry) for entry in entries[-kept:]],
    )
    session.run("DELETE FROM stream WHERE sequence <= ?", sequence - kept)
    set_meta(session, "sequence", str(sequence))


def _add_counts(session: Session, counts: Counts) -> None:
    session.many(
        "INSERT INTO counts VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (what, model, name, state) DO UPDATE SET n = counts.n + excluded.n",
        [(*key, n) for key, n in counts.items() if n],
    )


def _go_on(session: Session, positions: Mapping[Place, int]) -> None:
    session.many(
        "INSERT INTO offsets VALUES (?, ?, ?) "
        "ON CONFLICT (topic, part) DO UPDATE SET next_offset = excluded.next_offset",
        [(topic, part, place) for (topic, part), place in positions.items()],
    )

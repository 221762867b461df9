"""One entry of the live stream, and which entries a client wants."""

from __future__ import annotations

from typing import Literal

import msgspec

from services.api.readmodel.records import AlertWritten, TransitionSaid

EntryType = Literal["transition", "alert"]
EntryKind = Literal["moment", "stage", "alert"]


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A transition or an alert with its number; `document` is its JSON in one line.

    `state` is a moment's state, a stage's name or an alert's status.
    """

    sequence: int
    type: str
    kind: str
    model: str
    moment: str
    state: str
    subject: str
    severity: str
    document: str


def entry_of(sequence: int, change: TransitionSaid | AlertWritten) -> Entry:
    """Give a change its place in the stream."""
    if isinstance(change, TransitionSaid):
        said = change.said
        return Entry(
            sequence=sequence,
            type="transition",
            kind=said.kind,
            model=said.model,
            moment=said.moment or "",
            state=said.to,
            subject=said.subject,
            severity="",
            document=change.document,
        )
    alert = change.alert
    return Entry(
        sequence=sequence,
        type="alert",
        kind="alert",
        model=alert.model,
        moment=alert.moment,
        state=alert.status,
        subject=alert.subject,
        severity=alert.severity,
        document=change.document,
    )


class Wanted(msgspec.Struct, frozen=True):
    """What a client asked for: for each name, any of the given values; empty means all."""

    kind: frozenset[str] = frozenset()
    model: frozenset[str] = frozenset()
    moment: frozenset[str] = frozenset()
    state: frozenset[str] = frozenset()
    subject: frozenset[str] = frozenset()
    severity: frozenset[str] = frozenset()

    def wants(self, entry: Entry) -> bool:
        """Say whether the entry passes every filter."""
        return (
            (not self.kind or entry.kind in self.kind)
            and (not self.model or entry.model in self.model)
            and (not self.moment or entry.moment in self.moment)
            and (not self.state or entry.state in self.state)
            and (not self.subject or entry.subject in self.subject)
            and (not self.severity or entry.severity in self.severity)
        )

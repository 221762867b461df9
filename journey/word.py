"""What the fold says of an instance (words), and the instances it keeps while they are open."""

from __future__ import annotations

import msgspec

CLOSED = frozenset({"met", "missed", "lapsed"})
RETRACTED = "retracted"

Labels = tuple[tuple[str, str], ...]
"""Label and value, in the order of the labels' names."""

Told = tuple[tuple[str, "str | int | float | bool | dict[str, float] | None"], ...]
"""Fact and value, in the order in which the moment names them."""


class Ref(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event as evidence: its id, name, event time, and the part it played."""

    message_id: str
    event: str
    t: int
    role: str

    def playing(self, role: str) -> Ref:
        """Cite the same event for another part."""
        return Ref(self.message_id, self.event, self.t, role)


class Firing(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """When an instance first and last came into a state that somebody should be alerted to."""

    state: str
    at: int
    first_at: int


class Word(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The state an instance came into, with every field as the rule that fired fixed it.

    `at`, `deadline` and `opened` are event times in ms. Two folds agree on an instance
    when their last words on it are equal.
    """

    kind: str
    model: str
    version: str
    moment: str | None
    stage: str | None
    key: str | None
    instance: str
    to: str
    at: int
    deadline: int | None
    value: float | None
    currency: str | None
    reason: str
    evidence: tuple[Ref, ...]
    opened: int
    firing: Firing | None
    labels: Labels
    facts: Told


class Instance(msgspec.Struct, array_like=True, gc=False):
    """An open moment, or the last one closed of its key.

    Changed in place: a copy of the fold copies it.
    `risk`, `quiet`, `due` and `lapse` are its deadlines, event times in ms, or None. `left` is
    the time to the deadline (ms, in its calendar) while the clock is paused, else None.
    """

    id: str
    moment: str
    version: str
    key: str | None
    opened: int
    state: str
    since: int
    value: float | None
    currency: str | None
    evidence: tuple[Ref, ...]
    labels: Labels
    firing: Firing | None = None
    risk: int | None = None
    quiet: int | None = None
    due: int | None = None
    lapse: int | None = None
    left: int | None = None

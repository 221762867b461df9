"""What the fold says of an instance (words), and the instances it keeps while they are open."""

from __future__ import annotations

import msgspec

CLOSED = frozenset({"met", "missed", "lapsed"})
RETRACTED = "retracted"


class Ref(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event as evidence: its id, name, event time, and the part it played."""

    message_id: str
    event: str
    t: int
    role: str


class Firing(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """When an instance first and last came into a state that somebody should be alerted to."""

    state: str
    at: int
    first_at: int


class Word(msgspec.Struct, frozen=True, array_like=True):
    """The state an instance came into, with every field as the rule that fired fixed it.

    `at`, `deadline` and `opened` are event times in ms. Two folds agree on an instance
    when their last words on it are equal.
    """

    kind: str
    model: str
    version: str
    moment: str | None
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


class Instance(msgspec.Struct, frozen=True, array_like=True):
    """An open moment. Its four timers are event times in ms, or None.

    A frozen value, so that a copy of the fold may share it.
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
    firing: Firing | None
    risk: int | None
    quiet: int | None
    due: int | None
    lapse: int | None

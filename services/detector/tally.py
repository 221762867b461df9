"""What a partition counted since its last flush, for the metrics."""

from __future__ import annotations

from collections import Counter

import msgspec


class Gap(msgspec.Struct, frozen=True):
    """Offsets of a source that were gone before they were read: retention is too short."""

    topic: str
    begin: int
    end: int


class Tally(msgspec.Struct):
    """Counts since the last flush; they are told when its transaction is committed."""

    read: Counter[str] = msgspec.field(default_factory=Counter)
    decoded: int = 0
    forwarded: int = 0
    folded: int = 0
    dead: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    actions: Counter[str] = msgspec.field(default_factory=Counter)
    loaded: int = 0
    created: int = 0
    removed: int = 0
    gaps: list[Gap] = msgspec.field(default_factory=list)

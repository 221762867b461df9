"""When a copy can be brought up to date, and when it must be made anew."""

from __future__ import annotations

import msgspec

from services.detector.stores.copy import Copy


class Changelog(msgspec.Struct, frozen=True):
    """What identifies the changelog, and for how long it keeps what says that a key is gone."""

    topic_id: str
    delete_retention_ms: int


class Bounds(msgspec.Struct, frozen=True):
    """Where the changelog of a partition number begins, and the offset after its last."""

    start: int
    end: int


def unfit(copy: Copy, bounds: Bounds, changelog: Changelog, now: int) -> str | None:
    """Say why the changelog cannot bring a copy up to date, None where it can; `now` in ms.

    A tombstone may be removed once it is as old as the topic's delete.retention.ms: a copy that
    lacks it would keep the key for ever. Half of that time is left for the reading.
    """
    if copy.offset is None:
        return None
    if copy.offset >= bounds.end:
        return f"it is at offset {copy.offset}, but the changelog ends before {bounds.end}"
    if copy.offset + 1 < bounds.start:
        return f"it is at offset {copy.offset}, but the changelog begins at {bounds.start}"
    # A tombstone and the marker that commits it take two offsets.
    missed_nothing = bounds.end <= copy.offset + 2
    away = now - copy.as_of
    if missed_nothing or away <= changelog.delete_retention_ms // 2:
        return None
    return (
        f"it was left {away / 3_600_000:.1f} h ago, and the changelog forgets removals after "
        f"{changelog.delete_retention_ms / 3_600_000:.1f} h"
    )

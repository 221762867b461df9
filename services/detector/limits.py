"""How much a worker takes upon itself."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """How much a worker keeps in memory, and how much useless input it stands.

    `journeys` are kept decoded, about 90 KB each with the five shipped models. A worker stops when
    more than `bad_share` of the last `bad_window` messages, or more, of a partition number are of
    no use.
    """

    journeys: int = 10_000
    bad_window: int = 1_000
    bad_share: float = 0.5

    def shared_by(self, partitions: int) -> Limits:
        """Give the limits of one of so many partition numbers."""
        return msgspec.structs.replace(self, journeys=max(1, self.journeys // partitions))

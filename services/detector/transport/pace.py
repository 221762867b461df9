"""How many records are folded at once, so that the event loop is nobody's alone."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from services.detector.records import RecordSet
from services.detector.transport.owner import Owner

MOST: Final = 64
GOAL_S: Final = 0.01


class Pace:
    """Learns from how long the last slices took.

    A commit, which has seconds to be done, takes dozens of turns of the loop that records are
    folded on. Usually a record costs microseconds; those of one very busy customer may cost much
    more. `size` is how many to fold before the loop is given up.
    """

    def __init__(self) -> None:
        self.size = MOST

    def took(self, seconds: float) -> float:
        """Note how long a slice took; give for how long, s, others should have the loop."""
        if seconds > GOAL_S:
            if self.size == 1:
                return seconds  # a single record is too much already: half of the time is theirs
            self.size //= 2
        elif seconds < GOAL_S / 4:
            self.size = min(MOST, 2 * self.size)
        return 0.0


async def hand_over(taken: RecordSet, owner: Owner, pace: Pace) -> int | None:
    """Let the owner fold a set, slice by slice, while commits, ticks and health go on.

    An offset that comes back must be read again from there; the rest of the set was left.
    """
    rest: RecordSet | None = taken
    while rest is not None:
        part, rest = rest.cut(pace.size)
        began = time.monotonic()
        again = owner.received(part)
        pause = pace.took(time.monotonic() - began)
        if again is not None:
            return again
        await owner.settled(taken.partition)
        await asyncio.sleep(pause)
    return None

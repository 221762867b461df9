"""How much is folded before it is flushed, so that writing it down holds nobody up for long."""

from __future__ import annotations

from typing import Final

MOST: Final = 10_000
LEAST: Final = 64
START: Final = 1_000
GOAL_S: Final = 0.1


class FlushSize:
    """Learns from how long the last flushes took to write down, before any of it is sent.

    That is done in one go on the loop which all commits run on, and a commit that takes too long
    is aborted by the broker. With one small model a journey costs microseconds, with five large
    ones a millisecond. `most` is how many messages of a flush to gather before reading waits.
    """

    def __init__(self) -> None:
        self.most = START

    def took(self, seconds: float, messages: int) -> None:
        """Note how long it took to write down a flush of so many messages."""
        if seconds > GOAL_S:
            self.most = max(LEAST, self.most // 2)
        elif seconds < GOAL_S / 4 and messages > self.most // 2:
            self.most = min(MOST, 2 * self.most)

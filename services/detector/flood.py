"""The guard against emptying a topic into the dead letters."""

from __future__ import annotations

from collections import deque

from services.detector.errors import TooManyBad


class Flood:
    """Watches the share of useless messages among the last `window` of a partition number."""

    def __init__(self, window: int, share: float) -> None:
        self._window = window
        self._share = share
        self._sets: deque[tuple[int, int]] = deque()
        self._read = 0
        self._bad = 0

    def add(self, read: int, bad: int) -> None:
        """Note a set of messages. Raises TooManyBad when the window is full and too bad."""
        self._sets.append((read, bad))
        self._read += read
        self._bad += bad
        while self._read - self._sets[0][0] >= self._window:
            old_read, old_bad = self._sets.popleft()
            self._read -= old_read
            self._bad -= old_bad
        if self._read >= self._window and self._bad > self._share * self._read:
            raise TooManyBad(
                f"{self._bad} of the last {self._read} messages of one partition were of no use, "
                f"more than the {self._share:.0%} allowed; look at what the producers send "
                "(nothing since the last commit was acknowledged), or allow a larger share "
                "with TOUCHSTONE_BAD_SHARE"
            )

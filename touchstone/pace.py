"""No more than so many events a second."""

from __future__ import annotations

import asyncio
import time

_SLICES_A_SECOND = 10


class Pace:
    """Counts events in slices of a tenth of a second; without a rate nothing is ever due."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._slice = max(1, int(rate / _SLICES_A_SECOND)) if rate else 0
        self._started = time.monotonic()
        self._count = 0

    def is_due(self) -> bool:
        """Count one event; say whether it is time to send what waits and call `wait`."""
        self._count += 1
        return self._slice > 0 and self._count % self._slice == 0

    async def wait(self) -> None:
        """Sleep until the events so far are within the rate."""
        if self._rate:
            await asyncio.sleep(self._started + self._count / self._rate - time.monotonic())

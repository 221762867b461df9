"""Waiting for something to become true on a broker, for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

_LOOK_EVERY_S = 0.1


async def until(holds: Callable[[], Awaitable[bool]], within_s: float, what: str) -> None:
    """Wait until it holds. Raises TimeoutError, saying what did not come, after `within_s`."""
    for _ in range(round(within_s / _LOOK_EVERY_S)):
        if await holds():
            return
        await asyncio.sleep(_LOOK_EVERY_S)
    raise TimeoutError(f"{what} not within {within_s:.0f} s")

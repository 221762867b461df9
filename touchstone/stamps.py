"""From when on a version may be in force: what no worker has come to before all know of it."""

from __future__ import annotations

import time
from typing import Final

import click

from journey.engine import EngineSettings
from journey.instant import MINUTE, SECOND, format_duration, format_instant
from topics.connection import Connection
from touchstone.ends import history_end

_MARGIN_MS: Final = MINUTE
"""What is left between the look at the clock and the record's being on the topic."""


async def stamp_for(
    bootstrap: Connection, asked: int | None, settings: EngineSettings, *, of_history: bool
) -> int:
    """Give the instant (ms) that was asked for, or the next whole second that may be.

    Raises UsageError where what was asked for is too early, and on the events clock where
    nothing was.
    """
    if of_history:
        if asked is None:
            raise click.UsageError(
                "This deployment is on the events clock, where now is no instant of the history: "
                "say with --at from when on the version is to be in force."
            )
        earliest = await earliest_in_history(bootstrap, settings)
        why = f"history was sent up to {format_instant(earliest - settings.skew - 1)}"
    else:
        earliest = time.time_ns() // 1_000_000 + settings.notice
        why = f"workers need to know {format_duration(settings.notice)} before"
    if asked is None:
        return _whole_second(earliest + _MARGIN_MS)
    if asked < earliest:
        raise click.UsageError(
            f"--at {format_instant(asked)} is too early: {why}; expected "
            f"{format_instant(_whole_second(earliest))} or later."
        )
    return asked


async def earliest_in_history(bootstrap: Connection, settings: EngineSettings) -> int:
    """Give the first instant (ms) that nothing in the source topics, and no clock, has come to."""
    return await history_end(bootstrap) + settings.skew + 1


def _whole_second(instant: int) -> int:
    return -(-instant // SECOND) * SECOND

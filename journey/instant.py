"""Instants as they are written: RFC 3339 in UTC, with milliseconds only where there are any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_MINUTES = tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60))
_ENDS = ("Z", *(f".{ms:03}Z" for ms in range(1, SECOND)))


@lru_cache(maxsize=16_384)
def format_instant(ms: int) -> str:
    """Write milliseconds since the epoch as `2026-11-21T10:00:00Z` or `…00.250Z`."""
    # What comes of an event, in all models, is nearly all of one instant; and the calendar is
    # slow, so it is asked once for each day.
    second, left = divmod(ms, SECOND)
    minute, second = divmod(second, 60)
    day, minute = divmod(minute, 24 * 60)
    return f"{_format_day(day)}{_MINUTES[minute]}:{second:02}{_ENDS[left]}"


@lru_cache(maxsize=4_096)
def _format_day(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).isoformat().removesuffix("00:00:00+00:00")


def format_duration(ms: int) -> str:
    """Write a duration in its largest whole unit, as `7 days` or `90 seconds`."""
    for unit, size in (("day", DAY), ("hour", HOUR), ("minute", MINUTE), ("second", SECOND)):
        if ms >= size and ms % size == 0:
            count = ms // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{ms} ms"


def to_ms(when: datetime) -> int:
    """Give the milliseconds since the epoch of an aware date and time, rounded down."""
    since = when - _EPOCH
    return since.days * DAY + since.seconds * SECOND + since.microseconds // 1_000


def parse_instant(text: str) -> int:
    """Read RFC 3339 as milliseconds since the epoch. Raises ValueError; a zone is required."""
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; expected a form like 2026-11-21T10:00:00Z")
    return to_ms(when)

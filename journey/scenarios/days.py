"""Instants as scenarios write them: by day and hour, counted from the scenario's first day."""

from __future__ import annotations

import re

import msgspec

from journey.instant import DAY, HOUR, MINUTE, SECOND, format_instant, parse_instant
from journey.language.duration import parse_duration

_MONDAY = parse_instant("2026-01-05T00:00:00Z")
_CLOCK = re.compile(r"(?:day ([1-9]\d*) )?([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_MOST_DAYS = 9_999


class Days(msgspec.Struct, frozen=True):
    """Reads and writes instants; `first` is the midnight (ms, UTC) with which day 1 begins."""

    first: int = _MONDAY

    @classmethod
    def of(cls, at: str) -> Days:
        """Count from the day of a scenario's first step if it is in RFC 3339, else from a Monday.

        Raises ValueError.
        """
        if "T" not in at:
            return cls()
        ms = _rfc_3339(at)
        return cls(ms - ms % DAY)

    def read(self, text: str) -> int:
        """Read `09:00`, `day 3 09:00` or RFC 3339 as ms. Raises ValueError."""
        found = _CLOCK.fullmatch(text)
        if found is None:
            return _rfc_3339(text)
        day, hour, minute, second = (int(part or 0) for part in found.groups())
        if day > _MOST_DAYS:
            raise ValueError(f"day {day} is too far away; expected at most day {_MOST_DAYS}")
        time = hour * HOUR + minute * MINUTE + second * SECOND
        return self.first + max(day - 1, 0) * DAY + time

    def read_from(self, text: str, origin: int | None) -> int:
        """Read an instant, or a distance `+24h` or `-24h` from another one, as ms.

        Raises ValueError, also where there is no origin to measure from.
        """
        if text[:1] not in {"+", "-"}:
            return self.read(text)
        if origin is None:
            raise ValueError(f"{text!r} has no step before it; expected a form like 09:00")
        distance = parse_duration(text[1:])
        return origin + distance if text[0] == "+" else origin - distance

    def write(self, ms: int) -> str:
        """Write an instant as `day 2 09:00`; as RFC 3339 where that cannot say it."""
        day, time = divmod(ms - self.first, DAY)
        if not 0 <= day < _MOST_DAYS or time % SECOND:
            return format_instant(ms)
        seconds = f":{time % MINUTE // SECOND:02}" if time % MINUTE else ""
        return f"day {day + 1} {time // HOUR:02}:{time % HOUR // MINUTE:02}{seconds}"


def _rfc_3339(text: str) -> int:
    try:
        return parse_instant(text)
    except ValueError as fault:
        raise ValueError(
            f"{text!r} is not an instant; "
            "expected a form like 09:00, day 3 09:00, +24h or 2026-11-21T10:00:00Z"
        ) from fault

"""Durations as models write them: a number and its unit."""

from __future__ import annotations

import re

from journey.instant import DAY, HOUR, MINUTE, SECOND

_UNITS = {"s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h|d|w)")


def parse_duration(text: object) -> int:
    """Read `90s`, `30min`, `24h`, `7d`, `2w` as milliseconds. Raises ValueError."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None or not float(found[1]):
        raise ValueError(
            f"{text!r} is not a duration; "
            "expected a number above 0 and a unit, such as 30min, 24h or 7d"
        )
    return round(float(found[1]) * _UNITS[found[2]])

"""Durations as models write them: a number and its unit, of plain time or of business hours."""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec

from journey.instant import DAY, HOUR, MINUTE, SECOND

_UNITS = {"s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_WORDS = {"second": SECOND, "minute": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY}
_FORM = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)\s*(?:(s|min|h|d|w)|(business\s+)?(second|minute|hour|day|week)s?)"
)
_LONGEST = 36_500 * DAY


class Span(msgspec.Struct, frozen=True):
    """A length of time in ms: of all hours, or of those in which a business calendar is open."""

    ms: int
    business: bool


def parse_span(text: object) -> Span:
    """Read `30min`, `7d`, `2 weeks` or `8 business hours`. Raises ValueError."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(
            f"{text!r} is not a duration; expected a number above 0 and a unit, "
            "such as 30min, 24h, 7d or 8 business hours"
        )
    number, unit, business, word = found.groups()
    if business and word in {"day", "week"}:
        raise ValueError(
            f"{text!r} is not a duration, because how long a business {word} is depends on the "
            "calendar; expected business hours, such as 16 business hours"
        )
    size = Decimal(number) * (_UNITS[unit] if unit else _WORDS[word])
    # Compared before it is rounded: a number may have any count of digits.
    if not 1 <= size <= _LONGEST:
        raise ValueError(
            f"{text!r} is not a duration; expected a number above 0, and at most 36500 days"
        )
    return Span(round(size), bool(business))


def parse_duration(text: object) -> int:
    """Read `90s`, `30min`, `24h`, `7d`, `2 weeks` as milliseconds. Raises ValueError."""
    span = parse_span(text)
    if span.business:
        raise ValueError(
            f"{text!r} counts business hours, which cannot be used here; "
            "expected plain time, such as 8h or 7d"
        )
    return span.ms


def format_span(span: Span) -> str:
    """Write a span in words that `parse_span` reads: `7 days`, `8 business hours`."""
    # Business time in hours at most: 24 of them are no business day.
    words = ("hour", "minute") if span.business else ("day", "hour", "minute")
    word = next((one for one in words if span.ms % _WORDS[one] == 0), "second")
    number = Decimal(span.ms) / _WORDS[word]
    unit = f"business {word}" if span.business else word
    return f"{number:f} {unit}" if number == 1 else f"{number:f} {unit}s"

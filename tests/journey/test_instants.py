"""Instants are whole milliseconds, rounded down, whatever the zone they are written in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from journey.instant import format_instant, parse_instant, to_ms

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
A_CENTURY = 100 * 366 * 86_400 * 1_000_000


@given(st.integers(-A_CENTURY, 10 * A_CENTURY), st.integers(-14 * 60, 14 * 60))
def test_an_instant_is_rounded_down_to_the_millisecond(microseconds: int, minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    when = (EPOCH + timedelta(microseconds=microseconds)).astimezone(zone)
    assert to_ms(when) == microseconds // 1_000


@given(st.integers(-A_CENTURY // 1_000, 10 * A_CENTURY // 1_000))
def test_an_instant_is_written_as_rfc_3339_has_it_and_read_as_it_was(ms: int) -> None:
    when = EPOCH + timedelta(milliseconds=ms)
    precision = "milliseconds" if ms % 1_000 else "seconds"
    assert format_instant(ms) == when.isoformat(timespec=precision).replace("+00:00", "Z")
    assert parse_instant(format_instant(ms)) == ms

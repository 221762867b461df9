"""Durations are read as they are written, in plain time and in business hours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.instant import DAY, HOUR, MINUTE, SECOND
from journey.language.duration import Span, format_span, parse_duration, parse_span

PLAIN = [
    ("90s", 90 * SECOND),
    ("90 seconds", 90 * SECOND),
    ("1.5s", 1500),
    ("30min", 30 * MINUTE),
    ("1 minute", MINUTE),
    ("24h", 24 * HOUR),
    ("1.5 hours", 90 * MINUTE),
    ("7d", 7 * DAY),
    ("1 day", DAY),
    ("2w", 14 * DAY),
    ("2 weeks", 14 * DAY),
    ("36500 days", 36_500 * DAY),
]


@pytest.mark.parametrize(("text", "ms"), PLAIN)
def test_plain_time_is_read(text: str, ms: int) -> None:
    assert parse_span(text) == Span(ms, business=False)
    assert parse_duration(text) == ms


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("8 business hours", 8 * HOUR),
        ("1 business hour", HOUR),
        ("30 business minutes", 30 * MINUTE),
        ("1.5 business hours", 90 * MINUTE),
    ],
)
def test_business_hours_are_read_as_a_span_alone(text: str, ms: int) -> None:
    assert parse_span(text) == Span(ms, business=True)
    with pytest.raises(ValueError, match=r"counts business hours.*expected plain time"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["2 business days", "1 business day", "1 business week"])
def test_business_days_are_refused_because_they_differ(text: str) -> None:
    with pytest.raises(ValueError, match=r"depends on the calendar; expected business hours"):
        parse_span(text)


@pytest.mark.parametrize(
    "text",
    ["", "7", 7, None, "7m", "7 months", "-7d", "0h", "0 business hours", "0.0001s", "7d 3h",
     "36501 days", "9" * 400 + "d", "business hours", "8 business h", "8businesshours"],
)  # fmt: skip
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"is not a duration; expected a number above 0"):
        parse_span(text)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span(7 * DAY, business=False), "7 days"),
        (Span(DAY, business=False), "1 day"),
        (Span(36 * HOUR, business=False), "36 hours"),
        (Span(1500, business=False), "1.5 seconds"),
        (Span(8 * HOUR, business=True), "8 business hours"),
        (Span(24 * HOUR, business=True), "24 business hours"),
        (Span(HOUR, business=True), "1 business hour"),
        (Span(90 * MINUTE, business=True), "90 business minutes"),
    ],
)
def test_a_span_is_written_in_words(span: Span, text: str) -> None:
    assert format_span(span) == text


@given(st.builds(Span, st.integers(1, 36_500 * DAY), st.booleans()))
def test_what_is_written_is_read_as_the_same(span: Span) -> None:
    assert parse_span(format_span(span)) == span

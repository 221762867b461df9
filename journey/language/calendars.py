"""A model's business calendars, from their values; what is wrong in them is said with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping
from datetime import date
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from journey.calendars import Calendar
from journey.instant import DAY, HOUR, MINUTE, parse_instant
from journey.language.converting import convert
from journey.language.document import Document, Path
from journey.language.grammar import CalendarSpec
from journey.language.lexicon import listed
from journey.zones import load_zone, zone_names

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_INTERVAL = re.compile(r"([0-9]{1,2}):([0-5][0-9])\s*-\s*([0-9]{1,2}):([0-5][0-9])")
_REGION = re.compile(r"([A-Z]{2})(?:-(.+))?")
# Hours are the same every week, so a calendar that does not open in some year never does.
_SOME_YEAR = parse_instant("2024-01-01T00:00:00Z"), parse_instant("2025-01-01T00:00:00Z")


def compile_calendars(document: Document, calendars: Mapping[str, Any]) -> dict[str, Calendar]:
    """Read and compile what stands under `calendars`, by name. Raises ModelError."""
    return {
        name: compile_calendar(
            document, name, convert(document, value, CalendarSpec, ("calendars", name))
        )
        for name, value in calendars.items()
    }


def compile_calendar(document: Document, name: str, spec: CalendarSpec) -> Calendar:
    """Compile one calendar. Raises ModelError for what is not known, and if it never opens."""
    path: Path = ("calendars", name)
    if spec.zone not in zone_names():
        raise document.error(
            (*path, "zone"),
            f"{spec.zone!r} is not a time zone; "
            + _expected(spec.zone, zone_names(), "a name like Europe/Amsterdam"),
        )
    week = _week(document, spec.hours, (*path, "hours"))
    holidays = [
        _holidays(document, region, (*path, "holidays")) for region in listed(spec.holidays)
    ]
    calendar = Calendar(name, load_zone(spec.zone), week, holidays)
    if not calendar.between(*_SOME_YEAR):
        raise document.error(
            (*path, "hours"),
            f"calendar {name!r} has no open hour; expected some, such as mon-fri: 09:00-17:30",
        )
    return calendar


def _week(document: Document, hours: Mapping[str, str], path: Path) -> list[list[tuple[int, int]]]:
    week: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
    for days, text in hours.items():
        here = (*path, days)
        intervals = [_interval(document, part.strip(), here) for part in text.split(",")]
        for day in _days(document, days, here):
            week[day] = sorted(week[day] + intervals)
            for (opens, closes), (again, _) in pairwise(week[day]):
                if again < closes:
                    raise document.error(
                        here,
                        f"on {_DAYS[day]}, the hours from {_clock(opens)} to {_clock(closes)} "
                        f"overlap those from {_clock(again)}; expected each hour once",
                    )
    return week


def _days(document: Document, text: str, path: Path) -> list[int]:
    """Read `sat`, `mon-fri` or, over the end of the week, `sat-mon`, as days from Monday."""
    named = [day.strip() for day in text.split("-", 1)]
    for day in named:
        if day not in _DAYS:
            expected = _expected(
                day.lower()[:3], _DAYS, f"one of {', '.join(_DAYS)}, or days like mon-fri"
            )
            raise document.error(path, f"{day!r} is not a day; {expected}")
    first, last = _DAYS.index(named[0]), _DAYS.index(named[-1])
    return [(first + more) % 7 for more in range((last - first) % 7 + 1)]


def _interval(document: Document, text: str, path: Path) -> tuple[int, int]:
    found = _INTERVAL.fullmatch(text)
    if found is None:
        raise document.error(path, f"{text!r} are not hours; expected a form like 09:00-17:30")
    hour, minute, end_hour, end_minute = (int(number) for number in found.groups())
    opens, closes = hour * HOUR + minute * MINUTE, end_hour * HOUR + end_minute * MINUTE
    if closes > DAY:
        raise document.error(path, f"{text!r} ends after the day; expected 24:00 at the latest")
    if opens >= closes:
        raise document.error(
            path,
            f"{text!r} does not end after it begins; expected a form like 09:00-17:30 "
            "(hours over midnight are two: until 24:00, and from 00:00 on the next day)",
        )
    return opens, closes


def _clock(ms: int) -> str:
    return f"{ms // HOUR:02}:{ms % HOUR // MINUTE:02}"


def _holidays(document: Document, region: str, path: Path) -> Container[date]:
    # Importing it takes longer than reading a model, and few models need it.
    import holidays  # noqa: PLC0415

    found = _REGION.fullmatch(region)
    country, part = found.groups() if found else (region, None)
    try:
        # Only what looks like a code: the library would take any of its own names.
        return holidays.country_holidays(country if found else "", subdiv=part)
    except NotImplementedError as fault:
        known = holidays.list_supported_countries(include_aliases=False)
        if country not in known:
            expected = _expected(country.upper(), known, "an ISO code, such as NL or DE-BY")
            message = f"{country!r} is not a country with known holidays; {expected}"
        else:
            form = f"one of {', '.join(known[country])}" if known[country] else f"{country} alone"
            expected = _expected(part or "", known[country], form)
            message = f"{part!r} is not a part of {country} with known holidays; {expected}"
        raise document.error(path, message) from fault


def _expected(word: str, known: Collection[str], form: str) -> str:
    near = get_close_matches(word, sorted(known), n=1)
    return f"expected {near[0]!r}" if near else f"expected {form}"

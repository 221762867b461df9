"""What time counts: a calendar's sums, against a clock that walks from minute to minute."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.calendars import AllHours, Calendar, Hours
from journey.instant import DAY, HOUR, MINUTE, format_instant, parse_instant
from journey.zones import load_zone, zone_names
from tests.journey.walking import Walker

Day = list[tuple[int, int]]
NINE_TO_HALF_PAST_FIVE: Day = [(9 * HOUR, 17 * HOUR + 30 * MINUTE)]
ALL_DAY: Day = [(0, DAY)]
OFFICE_WEEK = [NINE_TO_HALF_PAST_FIVE] * 5 + [
    [(13 * HOUR, 16 * HOUR), (10 * HOUR, 12 * HOUR)],
    [],
]
NL, US = holidays.country_holidays("NL"), holidays.country_holidays("US")

OFFICE = Calendar("office", load_zone("Europe/Amsterdam"), OFFICE_WEEK, [NL])
NEW_YORK = Calendar(
    "new-york", load_zone("America/New_York"), [NINE_TO_HALF_PAST_FIVE] * 5 + [[]] * 2
)
AMSTERDAM_DAYS = Calendar("days", load_zone("Europe/Amsterdam"), [ALL_DAY] * 7)
NEW_YORK_DAYS = Calendar("days", load_zone("America/New_York"), [ALL_DAY] * 7)
NEVER = Calendar("never", load_zone("UTC"), [[]] * 7)

# (zone, week, holidays) of the calendars that the properties are tried on.
MADE: list[tuple[str, list[Day], list[Any]]] = [
    ("Europe/Amsterdam", OFFICE_WEEK, [NL]),
    ("America/New_York", [ALL_DAY] * 5 + [[]] * 2, [US]),
    ("America/New_York", [[(90 * MINUTE, 150 * MINUTE), (160 * MINUTE, DAY)]] * 7, []),
    ("Europe/Amsterdam", [[(0, 140 * MINUTE), (150 * MINUTE, 170 * MINUTE)]] * 7, [NL, US]),
    ("Australia/Lord_Howe", [[(MINUTE, 100 * MINUTE), (105 * MINUTE, 23 * HOUR)]] * 7, []),
    ("America/Sao_Paulo", [[(0, 45 * MINUTE), (23 * HOUR + 15 * MINUTE, DAY)]] * 7, []),
    ("Pacific/Apia", [NINE_TO_HALF_PAST_FIVE] * 7, []),
    ("Asia/Kathmandu", [[]] * 6 + [[(7 * MINUTE, 8 * MINUTE)]], []),
    ("UTC", [ALL_DAY] * 7, []),
]
CALENDARS = [Calendar("made", load_zone(zone), week, off) for zone, week, off in MADE]

# Around these the clocks change somewhere above, a year begins, or a day is missing.
TURNS = [
    "2026-03-29T01:00:00Z",
    "2026-10-25T01:00:00Z",
    "2026-03-08T07:00:00Z",
    "2026-11-01T06:00:00Z",
    "2026-04-04T15:00:00Z",
    "2026-10-03T15:30:00Z",
    "2018-11-04T03:00:00Z",
    "2018-02-18T02:00:00Z",
    "2011-12-30T10:00:00Z",
    "2026-12-31T23:00:00Z",
    "1970-01-01T00:00:00Z",
]
around = st.builds(
    lambda turn, minutes, ms: parse_instant(turn) + minutes * MINUTE + ms,
    st.sampled_from(TURNS),
    st.integers(-4 * 1440, 4 * 1440),
    st.sampled_from([0, 1, 30_500, 59_999]),
)
anywhen = around | st.integers(-(10**12), 4 * 10**13)
calendars = st.sampled_from(CALENDARS)
hours: st.SearchStrategy[Hours] = st.sampled_from([*CALENDARS, AllHours()])
works = st.integers(0, 5 * DAY) | st.builds(lambda n: n * MINUTE, st.integers(0, 60_000))


@cache
def walker(at: int) -> Walker:
    zone, week, off = MADE[at]
    return Walker(load_zone(zone), week, off)


def at(text: str) -> int:
    return parse_instant(text)


def after(calendar: Calendar, start: str, worked: int) -> str:
    return format_instant(calendar.add(at(start), worked))


@given(hours, anywhen, works)
def test_between_takes_back_what_add_adds(hours: Hours, start: int, worked: int) -> None:
    assert hours.between(start, hours.add(start, worked)) == worked


@given(hours, anywhen, works.filter(bool))
def test_add_gives_the_first_such_instant(hours: Hours, start: int, worked: int) -> None:
    assert hours.between(start, hours.add(start, worked) - 1) == worked - 1


@given(hours, anywhen, st.integers(0, 9 * DAY), works, works)
def test_more_time_never_ends_earlier(
    hours: Hours, start: int, later: int, worked: int, more: int
) -> None:
    assert hours.add(start, worked) <= hours.add(start + later, worked)
    assert hours.add(start, worked) <= hours.add(start, worked + more)


@given(hours, anywhen, works.filter(bool), works)
def test_time_may_be_added_in_parts(hours: Hours, start: int, first: int, second: int) -> None:
    assert hours.add(hours.add(start, first), second) == hours.add(start, first + second)


@given(hours, anywhen, st.integers(0, 400 * DAY), st.integers(0, 400 * DAY))
def test_time_between_adds_up(hours: Hours, start: int, first: int, second: int) -> None:
    middle, end = start + first, start + first + second
    parts = hours.between(start, middle) + hours.between(middle, end)
    assert hours.between(start, end) == parts


@given(hours, anywhen, st.integers(0, 9 * DAY))
def test_nothing_lies_between_an_instant_and_an_earlier_one(
    hours: Hours, start: int, earlier: int
) -> None:
    assert hours.between(start, start - earlier) == 0
    assert hours.add(start, 0) == start


# The walker knows no years before 1970, where all hours count.
since_1970 = around.filter(lambda instant: instant >= 0)
places = st.integers(0, len(MADE) - 1)


@given(places, since_1970, st.integers(0, 9 * DAY))
def test_between_is_what_a_walk_counts(place: int, start: int, length: int) -> None:
    walked = walker(place).between(start, start + length)
    assert CALENDARS[place].between(start, start + length) == walked


@given(places, since_1970, st.integers(1, 2 * DAY))
def test_add_is_where_a_walk_ends(place: int, start: int, worked: int) -> None:
    worked = min(worked, 2 * MINUTE) if place == ONE_MINUTE_A_WEEK else worked
    assert CALENDARS[place].add(start, worked) == walker(place).add(start, worked)


ONE_MINUTE_A_WEEK = next(at for at, made in enumerate(MADE) if made[0] == "Asia/Kathmandu")


@pytest.mark.parametrize(
    ("start", "worked", "end"),
    [
        # Friday 16:00: an hour and a half today, two and three hours on Saturday, the rest Monday.
        ("2026-11-20T15:00:00Z", 8 * HOUR, "2026-11-23T09:30:00Z"),
        ("2026-11-22T12:00:00Z", HOUR, "2026-11-23T09:00:00Z"),  # a Sunday
        ("2026-11-20T16:30:00Z", HOUR, "2026-11-21T10:00:00Z"),  # at closing time
        ("2026-11-20T15:30:00Z", HOUR, "2026-11-20T16:30:00Z"),  # until closing time
        ("2026-11-20T16:29:59.999Z", 1, "2026-11-20T16:30:00Z"),
        ("2026-04-24T15:30:00Z", 5 * HOUR, "2026-04-25T14:00:00Z"),
        ("2026-04-25T14:00:00Z", HOUR, "2026-04-28T08:00:00Z"),  # Monday is Koningsdag
        ("2026-12-24T16:30:00Z", HOUR, "2026-12-28T09:00:00Z"),  # Christmas, and its second day
        ("2026-03-27T16:30:00Z", 6 * HOUR, "2026-03-30T08:00:00Z"),  # summer time begins
        ("2026-10-23T15:30:00Z", 6 * HOUR, "2026-10-26T09:00:00Z"),  # and ends
        ("2026-12-31T16:00:00Z", HOUR, "2027-01-02T09:30:00Z"),  # New Year's Day is a Friday
    ],
)
def test_an_office_in_amsterdam(start: str, worked: int, end: str) -> None:
    assert after(OFFICE, start, worked) == end


@pytest.mark.parametrize(
    ("start", "worked", "end"),
    [
        ("2026-03-06T21:30:00Z", 2 * HOUR, "2026-03-09T14:00:00Z"),
        ("2026-10-30T20:30:00Z", 2 * HOUR, "2026-11-02T15:00:00Z"),
    ],
)
def test_an_office_in_new_york(start: str, worked: int, end: str) -> None:
    assert after(NEW_YORK, start, worked) == end


@pytest.mark.parametrize(
    ("calendar", "midnight", "next_midnight", "length"),
    [
        (AMSTERDAM_DAYS, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23 * HOUR),
        (AMSTERDAM_DAYS, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25 * HOUR),
        (NEW_YORK_DAYS, "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 23 * HOUR),
        (NEW_YORK_DAYS, "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 25 * HOUR),
    ],
)
def test_a_day_on_which_the_clocks_change_counts_what_passes(
    calendar: Calendar, midnight: str, next_midnight: str, length: int
) -> None:
    assert calendar.between(at(midnight), at(next_midnight)) == length
    assert after(calendar, midnight, length) == next_midnight


def test_an_hour_that_the_clocks_show_twice_counts_twice_and_one_skipped_never() -> None:
    zone = load_zone("Europe/Amsterdam")
    nights = Calendar("nights", zone, [[(2 * HOUR, 3 * HOUR)]] * 7)
    assert nights.between(at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z")) == 2 * HOUR
    assert nights.between(at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z")) == 0


def test_every_sum_ends_even_where_it_never_opens() -> None:
    assert NEVER.add(0, DAY) == at("3000-01-02T00:00:00Z")


@pytest.mark.parametrize("instant", [-(10**23), -(10**18), -1, 32_503_680_000_000, 10**18, 10**23])
def test_outside_the_years_it_knows_every_hour_counts(instant: int) -> None:
    assert OFFICE.add(instant, 1) == instant + 1


@pytest.fixture
def system_without_summer_time(tmp_path: Path) -> Iterator[None]:
    (tmp_path / "Europe").mkdir()
    utc = (files("tzdata") / "zoneinfo" / "UTC").read_bytes()
    (tmp_path / "Europe" / "Amsterdam").write_bytes(utc)
    load_zone.cache_clear()
    zoneinfo.reset_tzpath(to=[tmp_path])
    yield
    zoneinfo.reset_tzpath()
    load_zone.cache_clear()


@pytest.mark.usefixtures("system_without_summer_time")
def test_zones_are_read_from_the_package_not_from_the_system() -> None:
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    by_the_system = ZoneInfo.no_cache("Europe/Amsterdam")
    assert summer.astimezone(by_the_system).hour == 0
    assert summer.astimezone(load_zone("Europe/Amsterdam")).hour == 2


@pytest.mark.parametrize("name", ["", "../zones", "Europe", "europe/amsterdam", "Mars/Base"])
def test_a_zone_that_is_not_known_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone; expected a name like"):
        load_zone(name)


def test_every_zone_has_its_rules() -> None:
    assert {"UTC", "Europe/Amsterdam", "America/New_York"} < zone_names()
    assert {str(load_zone(name)) for name in zone_names()} == zone_names()


def test_holidays_are_asked_for_on_open_days_alone() -> None:
    asked: list[int] = []
    sundays = Calendar("sundays", load_zone("UTC"), [*[[]] * 6, ALL_DAY], [_Asked(asked.append)])
    assert sundays.between(0, 365 * DAY) == 52 * DAY
    assert set(asked) == {6}


class _Asked:
    """Days of which none is a holiday, that say which weekdays were asked for."""

    def __init__(self, heard: Callable[[int], None]) -> None:
        self._heard = heard

    def __contains__(self, day: Any) -> bool:
        self._heard(day.weekday())
        return False

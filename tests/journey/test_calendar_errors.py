"""A model's calendars are compiled, or refused with what was found and what was expected."""

from __future__ import annotations

import pytest

from journey.calendars import Calendar
from journey.errors import ModelError
from journey.instant import DAY, HOUR, MINUTE, parse_instant
from journey.language.calendars import compile_calendars
from journey.language.document import Document

GOOD = """\
calendars:
  office:
    zone: Europe/Amsterdam
    hours: {mon-fri: "09:00-17:30", sat: "10:00-12:00, 13:00-16:00"}
    holidays: NL
  always-on-weekdays: {zone: UTC, hours: {mon-fri: 00:00-24:00}}
  weekend: {zone: America/New_York, hours: {sat-mon: 9:00 - 12:00}, holidays: [US-CA, DE-BY]}
"""


def calendars_of(text: str) -> dict[str, Calendar]:
    document = Document(text, "m.yaml")
    return compile_calendars(document, document.values["calendars"])


def hours_on(calendar: Calendar, day: str) -> float:
    """Count the open hours of a day in the zone of the tests' calendars, near enough to UTC."""
    start = parse_instant(f"{day}T04:00:00Z")
    return calendar.between(start, start + DAY) / HOUR


def test_a_week_is_read_with_its_days_and_intervals() -> None:
    made = calendars_of(GOOD)
    assert list(made) == ["office", "always-on-weekdays", "weekend"]
    monday = parse_instant("2026-06-01T00:00:00Z")
    week = made["office"].between(monday, monday + 7 * DAY)
    assert week == 5 * (8 * HOUR + 30 * MINUTE) + 5 * HOUR
    assert made["always-on-weekdays"].between(monday, monday + 7 * DAY) == 5 * DAY


def test_days_may_go_on_over_the_end_of_the_week() -> None:
    days = [hours_on(calendars_of(GOOD)["weekend"], f"2026-06-0{day}") for day in range(1, 8)]
    assert days == [3, 0, 0, 0, 0, 3, 3]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("office", "2026-04-27"),  # Koningsdag
        ("office", "2026-12-25"),
        ("weekend", "2025-03-31"),  # Cesar Chavez Day, of California alone
        ("weekend", "2026-01-06"),  # Epiphany, of Bavaria and few others
    ],
)
def test_it_is_closed_on_the_holidays_of_each_country_and_part(name: str, day: str) -> None:
    text = GOOD.replace("sat-mon", "mon-sun")
    assert hours_on(calendars_of(text)[name], day) == 0
    without = text.replace("holidays: NL", "").replace(", holidays: [US-CA, DE-BY]", "")
    assert hours_on(calendars_of(without)[name], day) > 0


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("zone: Europe/Amsterdam", "zone: Europe/Amsterdm",
         "m.yaml:3:5: 'Europe/Amsterdm' is not a time zone; expected 'Europe/Amsterdam'"),
        ("zone: Europe/Amsterdam", "zone: '?'",
         "m.yaml:3:5: '?' is not a time zone; expected a name like Europe/Amsterdam"),
        ("sat: ", "saturday: ", "m.yaml:4:37: 'saturday' is not a day; expected 'sat'"),
        ('mon-fri: "', 'mon-x: "', "'x' is not a day; expected one of mon, tue, wed, thu, fri"),
        ("09:00-17:30", "17:30-09:00", "m.yaml:4:13: '17:30-09:00' does not end after it begins"),
        ("09:00-17:30", "09:00-09:00", "'09:00-09:00' does not end after it begins"),
        ("09:00-17:30", "9-17", "'9-17' are not hours; expected a form like 09:00-17:30"),
        ("09:00-17:30", "", "'' are not hours"),
        ("09:00-17:30", "09:00-17:60", "'09:00-17:60' are not hours"),
        ("00:00-24:00", "00:00-24:30", "'00:00-24:30' ends after the day; expected 24:00"),
        ("13:00-16:00", "11:00-16:00",
         "m.yaml:4:37: on sat, the hours from 10:00 to 12:00 overlap those from 11:00; expected"),
        ('sat: "', 'fri: "', "on fri, the hours from 09:00 to 17:30 overlap those from 10:00"),
        ("holidays: NL", "holidays: nl",
         "m.yaml:5:5: 'nl' is not a country with known holidays; expected 'NL'"),
        ("holidays: NL", "holidays: Netherlands",
         "'Netherlands' is not a country with known holidays; expected an ISO code, such as NL"),
        ("holidays: NL", "holidays: XX", "'XX' is not a country with known holidays"),
        ("DE-BY", "DE-Bayer", "m.yaml:7:69: 'Bayer' is not a part of DE with known holidays"),
        ("DE-BY", "DE-BX", "'BX' is not a part of DE with known holidays; expected one of BB"),
        ("DE-BY", "SG-X", "'X' is not a part of SG with known holidays; expected SG alone"),
        ("hours: {mon-fri: 00:00-24:00}", "hours: {}",
         "m.yaml:6:35: calendar 'always-on-weekdays' has no open hour; expected some"),
        ("{zone: UTC, ", "{zon: UTC, ", "'zon' is not a key of calendars.always-on-weekdays"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_place(was: str, becomes: str, says: str) -> None:
    assert GOOD.count(was) == 1, was
    with pytest.raises(ModelError) as caught:
        calendars_of(GOOD.replace(was, becomes))
    assert says in str(caught.value)


def test_hours_of_one_day_may_stand_under_several_names_and_touch() -> None:
    text = GOOD.replace('sat: "10:00-12:00, 13:00-16:00"', 'fri: "17:30-18:00"')
    assert hours_on(calendars_of(text)["office"], "2026-06-05") == 9

"""What time counts towards a deadline: all of it, or only the hours that a business is open.

Instants are ms since the epoch, lengths of time are ms. A calendar is open at an instant when the
wall clocks of its zone then show a time within its hours, on a day that is no holiday. So a day on
which the clocks change counts for what really passes of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import accumulate
from typing import NamedTuple, Protocol

from journey.instant import DAY, to_ms
from journey.zones import constant_offsets

Week = Sequence[Sequence[tuple[int, int]]]
"""For Monday to Sunday, when a day opens and closes, in ms since its midnight; up to 24:00."""

_NEW_YEARS = tuple(to_ms(datetime(year, 1, 1, tzinfo=UTC)) for year in range(1970, 3001))
_FOREVER = 1 << 80
_EPOCH_DAY = date(1970, 1, 1).toordinal()


class Hours(Protocol):
    """The hours that count. `between(s, add(s, w)) == w`, for every instant s and w above 0."""

    def add(self, start: int, worked: int) -> int:
        """Give the first instant by which so much has counted since `start`; itself for 0."""

    def between(self, start: int, end: int) -> int:
        """Give how much counts from one instant to another, 0 where the other is not later."""


class AllHours:
    """Plain time: every hour counts."""

    def add(self, start: int, worked: int) -> int:
        """Give the instant so much later."""
        return start + worked if worked > 0 else start

    def between(self, start: int, end: int) -> int:
        """Give the time from one instant to another."""
        return end - start if end > start else 0


class Calendar:
    """Opening hours by the week in a time zone, closed on holidays. Made once and shared.

    It knows the years 1970 to 2999. Before and after them every hour counts, so that each sum has
    a result, also that of a calendar which never opens.
    """

    def __init__(
        self, name: str, zone: tzinfo, week: Week, holidays: Sequence[Container[date]] = ()
    ) -> None:
        self.name = name
        self._zone = zone
        self._week = [sorted(day) for day in week]
        self._holidays = holidays
        # Years are worked out when first asked for, by their place in _NEW_YEARS.
        self._years = {
            -1: _Year.of([(-_FOREVER, _NEW_YEARS[0])]),
            len(_NEW_YEARS) - 1: _Year.of([(_NEW_YEARS[-1], _FOREVER)]),
        }

    def add(self, start: int, worked: int) -> int:
        """Give the first instant by which so much open time has passed; `start` itself for 0."""
        if worked <= 0:
            return start
        at = bisect_right(_NEW_YEARS, start) - 1
        year = self._year(at)
        left = year.open_before(start) + worked
        while left > year.total:
            left -= year.total
            at += 1
            year = self._year(at)
        return year.instant_after(left)

    def between(self, start: int, end: int) -> int:
        """Give the open time from one instant to another, 0 where the other is not later."""
        if end <= start:
            return 0
        first, last = (bisect_right(_NEW_YEARS, instant) - 1 for instant in (start, end))
        whole = sum(self._year(at).total for at in range(first, last))
        return whole + self._year(last).open_before(end) - self._year(first).open_before(start)

    def _year(self, at: int) -> _Year:
        year = self._years.get(at)
        if year is None:
            year = self._years[at] = _Year.of(self._intervals(_NEW_YEARS[at], _NEW_YEARS[at + 1]))
        return year

    def _intervals(self, start: int, end: int) -> list[tuple[int, int]]:
        """Give when it opens and closes between two instants, in order."""
        found = []
        for since, until, offset in constant_offsets(self._zone, start, end):
            for day in range((since + offset) // DAY, (until + offset - 1) // DAY + 1):
                midnight = day * DAY - offset
                for opens, closes in self._hours_on(date.fromordinal(_EPOCH_DAY + day)):
                    interval = max(midnight + opens, since), min(midnight + closes, until)
                    if interval[0] < interval[1]:
                        found.append(interval)
        return found

    def _hours_on(self, day: date) -> Sequence[tuple[int, int]]:
        hours = self._week[day.weekday()]
        return () if hours and any(day in days for days in self._holidays) else hours


class _Year(NamedTuple):
    """The open intervals of a year; `before` is the open time in it before each of them."""

    opens: list[int]
    closes: list[int]
    before: list[int]
    total: int

    @classmethod
    def of(cls, intervals: Sequence[tuple[int, int]]) -> _Year:
        *before, total = accumulate((close - open_ for open_, close in intervals), initial=0)
        opens, closes = ([interval[side] for interval in intervals] for side in (0, 1))
        return cls(opens, closes, before, total)

    def open_before(self, instant: int) -> int:
        """Give the open time from the beginning of the year to an instant in it."""
        at = bisect_right(self.opens, instant) - 1
        return self.before[at] + min(instant, self.closes[at]) - self.opens[at] if at >= 0 else 0

    def instant_after(self, worked: int) -> int:
        """Give the first instant with so much open time before it; above 0, at most `total`."""
        at = bisect_left(self.before, worked) - 1
        return self.opens[at] + worked - self.before[at]

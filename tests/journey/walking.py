"""A calendar that looks at the clock on the wall every minute, and knows nothing else."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import cache

MINUTE_MS = 60_000


class Walker:
    """Sums of open time as `Calendar` gives them, slowly; hours must begin at whole minutes."""

    def __init__(
        self,
        zone: tzinfo,
        week: Sequence[Sequence[tuple[int, int]]],
        holidays: Sequence[Container[date]],
    ) -> None:
        self._zone = zone
        self._week = week
        self._holidays = holidays
        self._open_in = cache(self._look)

    def between(self, start: int, end: int) -> int:
        worked, now = 0, start
        while now < end:
            next_look = min(now - now % MINUTE_MS + MINUTE_MS, end)
            if self._open_in(now // MINUTE_MS):
                worked += next_look - now
            now = next_look
        return worked

    def add(self, start: int, worked: int) -> int:
        now = start
        while True:
            left = MINUTE_MS - now % MINUTE_MS
            if self._open_in(now // MINUTE_MS):
                if worked <= left:
                    return now + worked
                worked -= left
            now += left

    def _look(self, minute: int) -> bool:
        wall = datetime.fromtimestamp(minute * 60, UTC).astimezone(self._zone)
        shown = (wall.hour * 60 + wall.minute) * MINUTE_MS
        hours = self._week[wall.weekday()]
        is_holiday = any(wall.date() in days for days in self._holidays)
        return not is_holiday and any(opens <= shown < closes for opens, closes in hours)

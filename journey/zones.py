"""Time zones by the rules in the `tzdata` package: the same on every worker, whatever its system.

An offset is what a zone's wall clocks are ahead of UTC, in ms.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from journey.instant import DAY

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@cache
def zone_names() -> frozenset[str]:
    """Give the names of all zones, such as `Europe/Amsterdam`."""
    return frozenset((files("tzdata") / "zones").read_text(encoding="utf-8").split())


@cache
def load_zone(name: str) -> tzinfo:
    """Give the zone of a name. Raises ValueError for one that is not known."""
    if name not in zone_names():
        raise ValueError(f"{name!r} is not a time zone; expected a name like Europe/Amsterdam")
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def constant_offsets(zone: tzinfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Split a time into parts (from, to, offset) in which the zone's offset stays the same."""
    offset = _offset(zone, start)
    # No zone changes its offset and takes that back within a day, so a look a day finds all.
    for seen in range(start, end, DAY):
        next_look = min(seen + DAY, end - 1)
        while _offset(zone, next_look) != offset:
            change = _first_other(zone, offset, range(max(seen, start), next_look))
            yield start, change, offset
            start, offset = change, _offset(zone, change)
    yield start, end, offset


def _first_other(zone: tzinfo, offset: int, instants: range) -> int:
    at = bisect_left(instants, True, key=lambda instant: _offset(zone, instant) != offset)  # noqa: FBT003
    return instants.start + at


def _offset(zone: tzinfo, instant: int) -> int:
    ahead = (_EPOCH + timedelta(milliseconds=instant)).astimezone(zone).utcoffset()
    assert ahead is not None
    return ahead // _MILLISECOND

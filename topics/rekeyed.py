"""Events on their way to another partition: where and when each came first.

An event of `events.rekeyed` is the original value; these headers say the rest. `arrival` is what
the source topic stamped, and is never taken anew: whether an event is admitted hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from topics.envelope import EARLIEST, LATEST
from topics.errors import BadEvent

ARRIVAL: Final = "touchstone_arrival"
ORIGIN: Final = "touchstone_origin"
KEY: Final = "touchstone_key"

_MOST_DIGITS: Final = 19


class Origin(msgspec.Struct, frozen=True):
    """Where an event was read first, under which key, and when it arrived there (ms)."""

    topic: str
    partition: int
    offset: int
    arrival: int
    key: bytes | None

    def headers(self) -> list[tuple[str, bytes | None]]:
        """Give the headers to forward it with."""
        return [
            (ARRIVAL, b"%d" % self.arrival),
            (ORIGIN, f"{self.topic}/{self.partition}/{self.offset}".encode()),
            (KEY, self.key),
        ]


def origin_of(headers: Iterable[tuple[str, bytes | None]] | None, stamp: int) -> Origin:
    """Read the headers of a forwarded event; `stamp` is the message's own, ms.

    Raises BadEvent where they do not say it all, or the stamp is not that of the first arrival:
    the broker keeps stamps from being far ahead, and nobody keeps headers from it.
    """
    found = dict(headers or ())
    topic, _, place = (found.get(ORIGIN) or b"").decode("utf-8", "replace").partition("/")
    partition, _, offset = place.partition("/")
    arrival = _number(found.get(ARRIVAL))
    numbers = _number(partition.encode()), _number(offset.encode())
    if not topic or arrival is None or None in numbers or not EARLIEST <= arrival < LATEST:
        raise BadEvent(
            "bad_origin",
            f"headers {ARRIVAL} and {ORIGIN} do not say when and where the event came first; "
            "expected ms since the epoch and TOPIC/PARTITION/OFFSET: only the detector writes here",
        )
    if arrival != stamp:
        raise BadEvent(
            "bad_origin",
            f"{ARRIVAL} is {arrival}, the message is stamped {stamp}; expected the same: only the "
            "detector writes here",
        )
    return Origin(topic, numbers[0] or 0, numbers[1] or 0, arrival, found.get(KEY))


def _number(digits: bytes | None) -> int | None:
    # The length goes first: beyond 4300 digits Python refuses to read a number at all.
    if digits and len(digits) <= _MOST_DIGITS and digits.isdigit():
        return int(digits)
    return None

"""Clock marks: messages without key or value that tell how far the clock of a history has come.

Whoever feeds history in writes them to every partition of every source, so that deadlines fire
where no event follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from topics.envelope import LATEST
from topics.errors import BadEvent

HEADER: Final = "touchstone_mark"

_MOST_DIGITS: Final = len(str(LATEST))


def mark_headers(clock_ms: int) -> list[tuple[str, bytes]]:
    """Give the headers of a mark: all arrivals up to `clock_ms` have been written."""
    return [(HEADER, b"%d" % clock_ms)]


def mark_of(headers: Iterable[tuple[str, bytes | None]] | None) -> int | None:
    """Give the clock of a mark, ms, or None for any other message. Raises BadEvent."""
    for name, value in headers or ():
        if name == HEADER:
            return _clock(value)
    return None


def _clock(digits: bytes | None) -> int:
    # The length goes first: beyond 4300 digits Python refuses to read a number at all.
    if digits and len(digits) <= _MOST_DIGITS and digits.isdigit() and int(digits) < LATEST:
        return int(digits)
    raise BadEvent("bad_mark", f"header {HEADER} is no instant; expected ms since the epoch")

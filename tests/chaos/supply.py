"""Ordinary events without end: out of files of real ones, or made up."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain, count, cycle, islice
from typing import Any

import orjson

from tests.detector import shop
from touchstone.lines import read

_MOST_OF_A_FILE = 20_000


def supply(files: Sequence[str], customers: int, seed: int) -> Iterator[dict[str, Any]]:
    """Give events for so many customers; who loads them sets their ids and their times."""
    if not files:
        return _made_up(customers, seed)
    taken = [cycle(_of_file(file, customers)) for file in files]
    return (next(one) for one in cycle(taken))


def _made_up(customers: int, seed: int) -> Iterator[dict[str, Any]]:
    now = time.time_ns() // 1_000_000
    parts = (shop.events(10_000, customers=customers, seed=seed + n, now=now) for n in count())
    return chain.from_iterable(parts)


def _of_file(file: str, customers: int) -> list[dict[str, Any]]:
    """Read real events, their many customers becoming few, so that each has a history soon."""
    lines = (line.text for piece in read(file) for line in piece.lines)
    found = [orjson.loads(text) for text in islice(lines, _MOST_OF_A_FILE)]
    for event in found:
        event["userId"] = f"u{zlib.crc32(event['userId'].encode()) % customers}"
    return found

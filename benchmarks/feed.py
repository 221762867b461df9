"""Real events as a benchmark wants them: as many as asked for, in order or somewhat out of it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import count, islice

import msgspec

from touchstone.lines import read
from touchstone.outgoing import HistoryDecoder

Record = tuple[int, bytes]
"""Arrival (ms) and value, as they would come from a topic."""

_HOUR = 3_600_000
_LATE = 0.05
_LATEST = 6 * 24 * _HOUR
_AGAIN = 0.02


class _Ids(msgspec.Struct, rename="camel"):
    message_id: str
    user_id: str


def load(files: Sequence[str]) -> list[Record]:
    """Read files of JSON lines, in the order of their arrival."""
    decode = HistoryDecoder(()).decode
    records = [
        (decode(line).a, line.text)
        for file in files
        for piece in read(file)
        for line in piece.lines
    ]
    return sorted(records, key=lambda record: record[0])


def repeated(records: Sequence[Record], events: int) -> Iterator[list[Record]]:
    """Give so many events in rounds; each round is the same data of other customers."""
    for at in count():
        left = events - at * len(records)
        if left <= 0:
            return
        yield [_renamed(record, at) for record in islice(records, left)]


def side_by_side(records: Sequence[Record], events: int) -> list[Record]:
    """Give so many events in the order of arrival, of as many customers at once as that takes."""
    rounds = list(repeated(records, events))
    return sorted((one for same in rounds for one in same), key=lambda record: record[0])


def disordered(records: Sequence[Record], seed: int = 1) -> list[Record]:
    """Let 5% come up to six days late and 2% come twice; each keeps what it says."""
    rng = random.Random(seed)  # noqa: S311 - a benchmark, not a secret
    found: list[Record] = []
    for arrival, value in records:
        late = rng.randrange(_LATEST) if rng.random() < _LATE else 0
        found.append((arrival + late, value))
        if rng.random() < _AGAIN:
            found.append((arrival + late + rng.randrange(_HOUR), value))
    return sorted(found, key=lambda record: record[0])


def _renamed(record: Record, at: int) -> Record:
    arrival, value = record
    ids = msgspec.json.decode(value, type=_Ids)
    for name, text in (("userId", ids.user_id), ("messageId", ids.message_id)):
        old = f'"{name}":"{text}"'.encode()
        assert old in value, f"{name} is not written as expected in {value[:80]!r}"
        value = value.replace(old, f'"{name}":"{text}-{at}"'.encode())
    return arrival, value

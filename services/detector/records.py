"""What is read: runs of records of one partition of one source, with the positions around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec


class Record(Protocol):
    """One message as a consumer hands it over; `timestamp` is in ms since the epoch, UTC."""

    @property
    def offset(self) -> int: ...  # noqa: D102
    @property
    def timestamp(self) -> int: ...  # noqa: D102
    @property
    def key(self) -> bytes | None: ...  # noqa: D102
    @property
    def value(self) -> bytes | None: ...  # noqa: D102
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...  # noqa: D102


class RecordSet(msgspec.Struct, frozen=True):
    """What one fetch gave of one partition.

    It covers the offsets from `begin` up to, not including, `reached`. It may hold fewer
    records than that, or none: transaction markers and compaction leave holes.
    """

    topic: str
    partition: int
    records: Sequence[Record]
    begin: int
    reached: int

    def slices(self, size: int) -> Iterator[RecordSet]:
        """Cut the set into smaller ones that cover the same offsets."""
        begin = self.begin
        for start in range(size, len(self.records), size):
            reached = self.records[start].offset
            part = self.records[start - size : start]
            yield RecordSet(self.topic, self.partition, part, begin, reached)
            begin = reached
        rest = self.records[(len(self.records) - 1) // size * size :] if self.records else ()
        yield RecordSet(self.topic, self.partition, rest, begin, self.reached)


class Outgoing(msgspec.Struct, frozen=True):
    """One message to write; without a timestamp (ms) the producer's clock stamps it."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]] = []
    timestamp: int | None = None


class Work(msgspec.Struct, frozen=True):
    """All that one transaction of one partition number makes durable, or nothing of it.

    `states` goes to the changelog (None removes), `offsets` are the next to read by source,
    and `metadata` is written down beside each of them.
    """

    partition: int
    outgoing: Sequence[Outgoing]
    states: dict[bytes, bytes | None]
    offsets: dict[str, int]
    metadata: str


class Committed(msgspec.Struct, frozen=True):
    """Where reading a source partition goes on, and the metadata of its last commit, if any."""

    position: int
    metadata: str

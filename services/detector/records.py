"""What is read: runs of records of one partition of one source, with the positions around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

Headers = Sequence[tuple[str, bytes | None]]
"""What Kafka lets a header be: its value may be null."""


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
    def headers(self) -> Headers: ...  # noqa: D102


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

    def cut(self, size: int) -> tuple[RecordSet, RecordSet | None]:
        """Give the first `size` records, and the rest if there is one.

        Together they cover the same offsets.
        """
        if len(self.records) <= size:
            return self, None
        first, rest = self.records[:size], self.records[size:]
        middle = rest[0].offset
        return (
            RecordSet(self.topic, self.partition, first, self.begin, middle),
            RecordSet(self.topic, self.partition, rest, middle, self.reached),
        )


class Outgoing(msgspec.Struct, frozen=True):
    """One message to write; without a timestamp (ms) the producer's clock stamps it.

    Without a partition the key decides, and without a key the one it comes from.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    timestamp: int | None = None
    partition: int | None = None


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

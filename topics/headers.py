"""Reading records whose header names are not UTF-8, which aiokafka 0.14 never gets past.

Its decoder raises there, in every consumer and at every attempt. Nothing that we read stands in
such a name, and Java's readers replace what they cannot decode, so that is done here as well:
such a batch is decoded once more, in Python. All others go the usual way. To import this module
is to have it so for the process.

It relies on names of aiokafka that are not public; tests/detector/test_private_names.py has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, SupportsIndex

from aiokafka.consumer import fetcher
from aiokafka.consumer.fetcher import PartitionRecords
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

_LENGTH: Final = slice(8, 12)
_BEFORE: Final = 12
"""A batch begins with its offset and the length of what follows these twelve bytes."""


class _Replacing(bytearray):
    """Bytes of which every part is decoded with replacements."""

    def __getitem__(self, key: SupportsIndex | slice) -> Any:
        part = super().__getitem__(key)
        return _Replacing(part) if isinstance(key, slice) else part

    def decode(self, encoding: str = "utf-8", _errors: str = "strict") -> str:
        return super().decode(encoding, "replace")


class _Readable(_DefaultRecordBatchPy):  # type: ignore[misc]
    """A batch that can be decoded whatever the names of its headers are."""

    _buffer: bytearray

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Replacing(self._buffer)


class _Batches:
    """The batches of a fetch, of which the last one taken can be had again, readable."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._records = MemoryRecords(data)
        self._taken = 0
        self._readable: _Readable | None = None

    def size_in_bytes(self) -> int:
        return int(self._records.size_in_bytes())

    def has_next(self) -> bool:
        return self._readable is not None or bool(self._records.has_next())

    def next_batch(self) -> Any:
        if (batch := self._readable) is not None:
            self._readable = None
            return batch
        self._taken += 1
        return self._records.next_batch()

    def again(self) -> None:
        """Have the last batch come next once more."""
        data = memoryview(self._data)
        for _ in range(self._taken - 1):
            data = data[_size(data) :]
        self._readable = _Readable(data[: _size(data)])


def _size(data: memoryview) -> int:
    return _BEFORE + int.from_bytes(data[_LENGTH])


class _Records(PartitionRecords):  # type: ignore[misc]
    """The records of a fetch; those that were given of a batch are not given again."""

    def _unpack_records(self) -> Iterator[Any]:
        while True:
            try:
                yield from super()._unpack_records()
            except UnicodeDecodeError:
                self._records.again()
            else:
                return


fetcher.MemoryRecords = _Batches
fetcher.PartitionRecords = _Records

"""More records than fit into memory: in parts on disk, of which one at a time is read."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from zlib import crc32

import msgspec

from touchstone.frames import appending, framed, stored, unframed

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(tuple[str, bytes]).decode


class Parts:
    """Records by key; all of a key are in one part, numbered from 0 to `count`, excluded.

    Each part keeps up to `buffer` bytes in memory before they go to its file in `folder`.
    """

    def __init__(self, folder: Path, count: int, buffer: int) -> None:
        folder.mkdir()
        self._folder = folder
        self._buffer = buffer
        self._buffers = [bytearray() for _ in range(count)]

    @property
    def numbers(self) -> range:
        """The numbers of all parts."""
        return range(len(self._buffers))

    def number_of(self, key: str) -> int:
        """Give the number of the part that the records of a key are in."""
        return crc32(key.encode()) % len(self._buffers)

    def put(self, key: str, record: bytes) -> None:
        """Put a record aside. Raises Missing where the disk does not take it."""
        number = self.number_of(key)
        waiting = self._buffers[number]
        waiting += framed(_encode((key, record)))
        if len(waiting) >= self._buffer:
            with appending(self._file(number)) as file:
                file.write(waiting)
            waiting.clear()

    def read(self, number: int) -> dict[str, list[bytes]]:
        """Give the records of a part by key."""
        found: dict[str, list[bytes]] = {}
        for records in (stored(self._file(number)), unframed(self._buffers[number])):
            for key, record in map(_decode, records):
                found.setdefault(key, []).append(record)
        return found

    def _file(self, number: int) -> Path:
        return self._folder / str(number)

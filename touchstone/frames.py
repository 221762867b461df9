"""Records put aside in temporary files, one behind the other, each with its length before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from struct import Struct
from typing import BinaryIO, Final

from touchstone.errors import Missing

_LENGTH: Final = Struct("<I")


def framed(record: bytes) -> bytes:
    """Give a record with its length before it."""
    return _LENGTH.pack(len(record)) + record


def unframed(frames: bytes | bytearray) -> Iterator[bytes]:
    """Give the records of frames in memory."""
    return _records(BytesIO(frames))


@contextmanager
def appending(path: Path) -> Iterator[BinaryIO]:
    """Open a file to append frames to. Raises Missing where the disk does not take them."""
    try:
        with path.open("ab") as file:
            yield file
    except OSError as error:
        raise Missing(
            f"{path.parent} does not take what must be put aside ({error.strerror}): "
            "set TMPDIR to a folder with more room."
        ) from error


def stored(path: Path) -> Iterator[bytes]:
    """Give the records of a file of frames; none where there is no such file."""
    if path.exists():
        with path.open("rb") as file:
            yield from _records(file)


def _records(file: BinaryIO) -> Iterator[bytes]:
    while head := file.read(_LENGTH.size):
        yield file.read(_LENGTH.unpack(head)[0])

"""JSON lines from files, gzip files and standard input, with the place of each line."""

from __future__ import annotations

import asyncio
import gzip
import sys
import zlib
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from touchstone.errors import Missing

STDIN: Final = "-"
_CHUNK_BYTES = 1 << 17


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank, and where it is, as `file:number`."""

    file: str
    number: int
    text: bytes

    @property
    def place(self) -> str:
        """The place, for messages."""
        name = "standard input" if self.file == STDIN else self.file
        return f"{name}:{self.number}"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines in a row, and how many bytes of the file on disk they took."""

    lines: list[Line]
    consumed: int


class _Readable(Protocol):
    def read1(self, size: int, /) -> bytes: ...


def read(file: str) -> Iterator[Piece]:
    """Give the lines of a file in pieces, as they come. Raises Missing where it cannot be read."""
    with _opened(file) as (stream, raw):
        number, rest, before = 0, b"", 0
        while data := _read_some(stream, file):
            *texts, rest = (rest + data).split(b"\n")
            if texts and not number:
                texts[0] = texts[0].removeprefix(BOM_UTF8)
            found = [Line(file, number + i, t) for i, t in enumerate(texts, 1) if t.strip()]
            position = raw.tell() if raw else before + len(data)
            yield Piece(found, position - before)
            number, before = number + len(texts), position
        last = rest if number else rest.removeprefix(BOM_UTF8)
        if last.strip():
            yield Piece([Line(file, number + 1, last)], 0)


async def arriving(file: str) -> AsyncIterator[Piece]:
    """Give what `read` gives; a slow standard input holds nothing else up, signals included."""
    pieces = read(file)
    while True:
        if file == STDIN:
            await _ready(sys.stdin.fileno())
        piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def size_of(files: Sequence[str]) -> int | None:
    """Give the bytes on disk of all files, or None when that cannot be known."""
    try:
        return None if STDIN in files else sum(Path(file).stat().st_size for file in files)
    except OSError:
        return None  # reading it will say what is wrong


@contextmanager
def _opened(file: str) -> Iterator[tuple[_Readable, BinaryIO | None]]:
    """Give the stream to read and, for a file on disk, the file whose position says how far."""
    if file == STDIN:
        assert isinstance(sys.stdin.buffer, BufferedReader)
        yield sys.stdin.buffer, None
        return
    try:
        raw = Path(file).open("rb")  # noqa: SIM115
    except OSError as error:
        raise Missing(f"{file} cannot be read: {error.strerror}.") from error
    with raw:
        yield (gzip.GzipFile(fileobj=raw) if file.endswith(".gz") else raw), raw


def _read_some(stream: _Readable, file: str) -> bytes:
    try:
        # More than the stream's buffer holds, so that nothing stays behind in it (see `arriving`).
        return stream.read1(_CHUNK_BYTES)
    except (OSError, EOFError, zlib.error) as error:  # a gzip file may be broken or cut short
        raise Missing(f"{file} cannot be read: {error}.") from error


async def _ready(descriptor: int) -> None:
    """Wait until there is something to read, or the end."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except OSError:  # what cannot be watched, such as a regular file, is always ready
        return
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)

"""The value of the changelog: a small header, then the engine's own bytes.

The header lets the index of due instants and the change of the outline be known without
decoding the journey: due instant (ms, signed 64 bits) and checksum of the published outline (see
journey.view).
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple
from zlib import crc32

_HEADER: Final = struct.Struct(">qI")
_DUE: Final = struct.Struct(">q")
_NEVER: Final = 2**63 - 1
_NEVER_BYTES: Final = _DUE.pack(_NEVER)


class Header(NamedTuple):
    """What is known of an encoded journey without decoding it."""

    due: int | None
    outline: int


def checksum(outline: str | None) -> int:
    """Give a number for a published outline, to see whether it changed."""
    return crc32((outline or "").encode())


def pack(header: Header, body: bytes) -> bytes:
    """Put the header before an encoded journey."""
    return _HEADER.pack(_NEVER if header.due is None else header.due, header.outline) + body


def read_header(state: bytes) -> Header:
    """Read the header of a state."""
    due, outline = _HEADER.unpack_from(state)
    return Header(None if due == _NEVER else due, outline)


def due(state: bytes) -> int | None:
    """Give the due instant of a state, ms."""
    [due] = _DUE.unpack_from(state)
    return None if due == _NEVER else due


def due_bytes(state: bytes | None) -> bytes | None:
    """Give the due instant of a state in bytes that sort by time: it is never before 1970."""
    found = state and state[: _DUE.size]
    return None if found == _NEVER_BYTES else found


def body(state: bytes) -> bytes:
    """Give the engine's own bytes of a state."""
    return state[_HEADER.size :]

"""Opaque cursors: where a list goes on.

A cursor is the sort key of the last item of a page, so rows written between two pages neither
repeat nor hide the others.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, TypeVar

import msgspec

from services.api.errors import BadCursor

T = TypeVar("T")

Int64 = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
"""An integer that the database can compare."""


def encode_cursor(key: tuple[int | str, ...]) -> str:
    """Write a sort key as a cursor."""
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str, form: type[T]) -> T:
    """Read a cursor of the given form of sort key. Raises BadCursor."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return msgspec.json.decode(urlsafe_b64decode(padded.encode()), type=form)
    except (ValueError, msgspec.MsgspecError) as fault:
        raise BadCursor(
            "not a cursor of this list; expected the value of `next` of an earlier page, unchanged"
        ) from fault

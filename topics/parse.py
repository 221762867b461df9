"""The value of a message as a plain JSON object."""

from __future__ import annotations

import json
import math
import sys
from typing import Any, Final

import msgspec

from topics.envelope import LONGEST
from topics.errors import BadEvent

MOST_NESTED: Final = 4096
"""The most bytes, packed, that a list or an object may come to where a reader is given one."""

_LEAST: Final = -(1 << 63)
_ENDLESS: Final = 1 << 64
_MOST_DIGITS: Final = 308

packed: Final = msgspec.msgpack.Encoder().encode
"""Pack a JSON value; raises OverflowError for an integer beyond 64 bits."""


def parse(value: bytes | None) -> dict[str, Any]:
    """Read a message's value. Raises BadEvent when it is not a JSON object in UTF-8."""
    text = text_of(value)
    try:
        event = _decoded(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise not_json(error) from error
    if not isinstance(event, dict):
        raise BadEvent("not_an_object", "the value is JSON, but not an object; expected one event")
    return event


def text_of(value: bytes | None) -> str:
    """Give the text of a message's value. Raises BadEvent when it has none or is not UTF-8."""
    if not value:
        raise BadEvent("no_value", "the message has no value; expected a JSON object")
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise BadEvent(
            "not_json", f"the value is not UTF-8 at byte {error.start}; expected JSON in UTF-8"
        ) from error


def not_json(error: Exception) -> BadEvent:
    """Say in a sentence why a text is not JSON."""
    if isinstance(error, RecursionError):
        return BadEvent("not_json", "the value is nested too deeply; expected one flat event")
    # The parser names the byte and what it is, never the text around it.
    return BadEvent("not_json", f"the value cannot be read: {error}; expected a JSON object")


def bounded(value: Any) -> Any:
    """Give a JSON value so that it can be stored, and is small.

    Integers beyond 64 bits become floats, or null where no double can hold them. Texts are cut,
    one character longer than `LONGEST`: who needs a whole text sees that this is none. A list or
    an object of more than `MOST_NESTED` bytes becomes an empty one.
    """
    if isinstance(value, str):
        return value[: LONGEST + 1]
    if isinstance(value, dict | list):
        try:
            size = len(packed(value))
        except OverflowError:
            value = _stored(value)
            size = len(packed(value))
        return value if size <= MOST_NESTED else type(value)()
    return _stored(value)


def _stored(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stored(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_stored(item) for item in value]
    if type(value) is int and not _LEAST <= value < _ENDLESS:
        return float(value) if abs(value) < sys.float_info.max else None
    return value


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.ValidationError:
        # A number is out of range. What else may be wrong has not been looked at: once the
        # numbers are in range, the same decoder does.
        return msgspec.json.decode(_in_range(text))


def _in_range(text: str) -> str:
    """Write JSON anew, without the numbers that nothing can hold."""
    try:
        return json.dumps(json.loads(text, parse_float=_finite, parse_int=_integer))
    except json.JSONDecodeError as error:
        raise msgspec.DecodeError(f"JSON is malformed: {error.msg} (byte {error.pos})") from error


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MOST_DIGITS else None

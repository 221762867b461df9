"""The value of a message as a plain JSON object."""

from __future__ import annotations

import json
import math
import sys
from typing import Any, Final

import msgspec

from topics.errors import BadEvent

_LEAST: Final = -(1 << 63)
_ENDLESS: Final = 1 << 64
_MOST_DIGITS: Final = 308


def parse(value: bytes | None) -> dict[str, Any]:
    """Read a message's value. Raises BadEvent when it is not a JSON object in UTF-8."""
    text = text_of(value)
    try:
        event = msgspec.json.decode(text)
    except msgspec.ValidationError:
        # The form is right: only a number is out of range.
        event = json.loads(text, parse_float=_finite, parse_int=_integer)
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
    """Give a JSON value with its integers beyond 64 bits as floats, so that it can be stored.

    A number that no double can hold becomes null.
    """
    if isinstance(value, dict):
        return {key: bounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [bounded(item) for item in value]
    if type(value) is int and not _LEAST <= value < _ENDLESS:
        return float(value) if abs(value) < sys.float_info.max else None
    return value


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MOST_DIGITS else None

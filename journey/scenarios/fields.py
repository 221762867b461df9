"""An event's fields as steps write them beside the keywords: `price` is `properties.price`."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from journey.language.document import Document, Path
from journey.scenarios.grammar import StepSpec

KEYWORDS = tuple(field.encode_name for field in msgspec.structs.fields(StepSpec))
_OF_EVENTS = ("happened", "message-id", "who")
_ROOTS = ("properties", "traits", "context")
_NEAR = 0.8  # so near to a keyword, a field's name is more likely a slip


def check_keys(document: Document, raw: Mapping[str, Any], path: Path) -> None:
    """Refuse keys that are neither keywords nor fields of an event. Raises ModelError."""
    has_event = "event" in raw
    for name in raw:
        near = get_close_matches(name, KEYWORDS, n=1, cutoff=_NEAR)
        if name in KEYWORDS:
            if name in _OF_EVENTS and not has_event:
                raise document.error((*path, name), f"{name!r} is about an event; expected `event`")
        elif near or not has_event:
            known = repr(near[0]) if near else f"one of {', '.join(KEYWORDS)}"
            raise document.error(
                (*path, name),
                f"{name!r} is not a key of a step; expected {known} "
                f"(a field of an event: 'properties.{name}')",
            )


def content(document: Document, raw: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Give the event's `properties`, `traits` and `context` that a step writes by their paths.

    Raises ModelError where one field leaves no room for another.
    """
    found: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in KEYWORDS and not _put(found, _keys(name), value):
            raise document.error((*path, name), f"{name!r} does not fit beside the other fields")
    return found


def _keys(name: str) -> list[str]:
    root, _, rest = name.partition(".")
    return name.split(".") if rest and root in _ROOTS else ["properties", *name.split(".")]


def _put(found: dict[str, Any], keys: list[str], value: Any) -> bool:
    """Put a value under nested keys; False where something else is in its place."""
    *parents, last = keys
    for parent in parents:
        found = found.setdefault(parent, {})
        if not isinstance(found, dict):
            return False
    if last in found:
        return False
    found[last] = value
    return True

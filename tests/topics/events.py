"""Events to start a test from."""

from __future__ import annotations

from typing import Any

import msgspec

ARRIVAL = 1_700_000_000_000


def an_event(**changes: Any) -> dict[str, Any]:
    """Give a good event with these changes; a field set to `...` is left out."""
    event: dict[str, Any] = {
        "messageId": "m-1",
        "type": "track",
        "event": "Product Added",
        "userId": "u42",
        "timestamp": "2026-11-20T10:00:00.250Z",
        "properties": {"price": 129.9},
    } | changes
    return {name: value for name, value in event.items() if value is not ...}


def encoded(event: Any) -> bytes:
    return msgspec.json.encode(event)

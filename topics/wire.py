"""What is written for others to read: transitions, alerts and journeys as bytes.

Transitions are CloudEvents 1.0 in the binary mode of their Kafka binding.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

import msgspec

from journey.said import Alert, Transition

_encode: Final = msgspec.json.Encoder().encode

_FIXED: Final = [("ce_specversion", b"1.0"), ("content-type", b"application/json")]


def encode_transition(transition: Transition) -> bytes:
    """Give the value of a message on `transitions`; what is None is written as null."""
    return _encode(transition)


def transition_headers(transition: Transition) -> list[tuple[str, bytes]]:
    """Give the CloudEvents attributes of a transition as Kafka headers."""
    return [
        ("ce_id", transition.id.encode()),
        _source(transition.model),
        _type(transition.kind, transition.to),
        ("ce_subject", transition.subject.encode()),
        ("ce_time", transition.at.encode()),
        *_FIXED,
    ]


def encode_alert(alert: Alert) -> bytes:
    """Give the value of a message on `alerts`; what is None is written as null."""
    return _encode(alert)


def encode_view(view: Mapping[str, Any]) -> bytes:
    """Give the value of a message on `journeys`."""
    return _encode(view)


@lru_cache(maxsize=1_024)
def _source(model: str) -> tuple[str, bytes]:
    return "ce_source", f"/touchstone/models/{quote(model, safe='')}".encode()


@lru_cache(maxsize=64)
def _type(kind: str, to: str) -> tuple[str, bytes]:
    # A stage's name is the user's; only a moment's state is part of the type.
    name = "stage.moved" if kind == "stage" else f"moment.{to}"
    return "ce_type", f"touchstone.{name}.v1".encode()

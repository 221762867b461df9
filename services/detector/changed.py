"""The journeys that have changed since the last flush, as they are written down."""

from __future__ import annotations

from typing import NamedTuple

from journey.engine import Engine
from journey.view import outline
from services.detector import state
from services.detector.journeys import Journeys, Loaded
from services.detector.records import Outgoing
from topics.contracts import JOURNEYS
from topics.wire import encode_view


class Changed(NamedTuple):
    """States for the changelog (None removes), views for the public, and who is forgotten."""

    states: dict[bytes, bytes | None]
    views: list[Outgoing]
    forgotten: list[bytes]


def encode_changed(engine: Engine, journeys: Journeys, clock: int) -> Changed:
    """Encode the changed journeys, advanced to the clock (ms); those whose life is over go."""
    changed = Changed({}, [], [])
    for key, loaded in journeys.take_changed().items():
        if engine.expired(loaded.journey, clock):
            _forget(journeys, key, changed)
        else:
            _encode(engine, key, loaded, changed)
    return changed


def _encode(engine: Engine, key: bytes, loaded: Loaded, changed: Changed) -> None:
    """Encode a journey for the changelog and, where it shows, for the public."""
    # A view of many models costs more than all the rest here: it is made only where it is written.
    shown = state.checksum(outline(loaded.journey))
    if loaded.said or shown != loaded.outline:
        changed.views.append(Outgoing(JOURNEYS, key, encode_view(engine.view(loaded.journey))))
    loaded.said, loaded.outline = False, shown
    engine.cut(loaded.journey)
    body = engine.encode(loaded.journey)
    changed.states[key] = state.pack(state.Header(loaded.due, shown), body)


def _forget(journeys: Journeys, key: bytes, changed: Changed) -> None:
    """Forget a journey, and remove it where it was ever written down."""
    journeys.forget(key)
    changed.forgotten.append(key)
    if journeys.is_kept(key):
        changed.states[key] = None
        changed.views.append(Outgoing(JOURNEYS, key, None))

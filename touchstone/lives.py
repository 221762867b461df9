"""When a subject's lives ended, as its events tell: only then may what was said begin anew."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from journey.engine import Engine
from journey.event import ANONYMOUS, Event


def ends_of_lives(engine: Engine, subject: str, events: Iterable[Event]) -> list[int]:
    """Give the instants (ms, event time) at which a life ended and another one followed.

    A life ends so long after its last signal, without another one, that the state is removed.
    """
    settings = engine.settings
    life = settings.anonymous_life if subject.startswith(ANONYMOUS) else settings.known_life
    signals = sorted(event.t for event in events if _is_signal(engine, event))
    return [before + life for before, after in pairwise(signals) if after - before >= life]


def _is_signal(engine: Engine, event: Event) -> bool:
    return engine.means(event) and engine.refusal(event) is None

"""What would have been said of a subject had all its events come in order."""

from __future__ import annotations

from collections.abc import Iterable

from journey.engine import Engine
from journey.event import Event
from journey.journey import Journey
from journey.said import Said, Transition

_BEFORE_ALL = -1


def replay(engine: Engine, subject: str, events: Iterable[Event], clock: int) -> Said:
    """Fold all admitted events of a subject at once, up to the clock (ms).

    The same, byte for byte, whatever the order in which the events are given: they wait in
    the journey, where they have their order, until the clock is let run.
    """
    return fold(engine, engine.open(subject), events, clock)


def fold(engine: Engine, journey: Journey, events: Iterable[Event], clock: int) -> Said:
    """Fold on, as `replay` does, a journey to which nothing has happened since it was opened."""
    for event in events:
        if engine.refusal(event) is None:
            engine.step(journey, event, _BEFORE_ALL)
    return engine.advance(journey, clock)


def last_words(transitions: Iterable[Transition]) -> dict[str, Transition]:
    """Give the last transition of every instance, of what was said in this order."""
    return {transition.instance: transition for transition in transitions}

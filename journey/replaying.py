"""What would have been said of a subject had all its events come in order."""

from __future__ import annotations

from collections.abc import Iterable

from journey.engine import Engine
from journey.event import Event
from journey.journey import Journey
from journey.said import Said, Transition


def replay(engine: Engine, subject: str, events: Iterable[Event], clock: int) -> Said:
    """Fold all admitted events of a subject at once, up to the clock (ms).

    The same, byte for byte, whatever the order in which the events are given: they wait in
    the journey, where they have their order, until they are folded together. What happened after
    the clock stays out.
    """
    journey = engine.open(subject)
    _take(engine, journey, events)
    journey.heard = min(journey.heard, clock)
    return engine.advance(journey, clock)


def fold(engine: Engine, journey: Journey, events: Iterable[Event], clock: int) -> Said:
    """Fold on a journey to which nothing has happened since it was opened, all events at once.

    As live, what is ahead of the clock is folded as well where the customer was heard of since.
    """
    _take(engine, journey, events)
    return engine.advance(journey, clock)


def _take(engine: Engine, journey: Journey, events: Iterable[Event]) -> None:
    for event in events:
        if engine.refusal(event) is None:
            engine.take(journey, event)


def last_words(transitions: Iterable[Transition]) -> dict[str, Transition]:
    """Give the last transition of every instance, of what was said in this order."""
    return {transition.instance: transition for transition in transitions}

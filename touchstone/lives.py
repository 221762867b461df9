"""When a subject's lives ended: only then may what was said begin anew, or a state be gone."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from journey.engine import Engine
from journey.event import ANONYMOUS, Event
from journey.instant import parse_instant
from journey.said import Transition


def ends_of_lives(engine: Engine, subject: str, events: Iterable[Event]) -> list[int]:
    """Give the instants (ms, event time) at which a life ended and another one followed.

    A life ends so long after its last signal, without another one, that the state is removed.
    """
    life = _life(engine, subject)
    signals = sorted(event.t for event in events if _is_signal(engine, event))
    return [before + life for before, after in pairwise(signals) if after - before >= life]


def remembered_until(
    engine: Engine, subject: str, events: Iterable[Event], words: Iterable[Transition]
) -> int | None:
    """Give the instant (ms) up to which a state must be kept at least, by what is still there.

    The evidence of words were signals. None where neither tells of any.
    """
    first: dict[str, int] = {}  # copies do not make a life longer
    for event in events:
        if _is_signal(engine, event):
            first[event.message_id] = min(event.t, first.get(event.message_id, event.t))
    signals = [*first.values()]
    signals += [parse_instant(one.at) for word in words for one in word.evidence]
    horizon = max(engine.settings.lateness, engine.settings.merge)
    return max(signals) + _life(engine, subject) + horizon if signals else None


def _life(engine: Engine, subject: str) -> int:
    settings = engine.settings
    return settings.anonymous_life if subject.startswith(ANONYMOUS) else settings.known_life


def _is_signal(engine: Engine, event: Event) -> bool:
    return engine.means(event) and engine.refusal(event) is None

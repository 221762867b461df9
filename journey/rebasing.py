"""A journey back at its base: what nothing can change any more, without all that came since.

For proving what the log no longer holds the beginning of.
"""

from __future__ import annotations

import msgspec

from journey.history import History
from journey.journey import AlertState, Journey
from journey.said import Transition
from journey.speaking import speak


class Based(msgspec.Struct, frozen=True):
    """A journey at its base, the last words on what is alive in it, and up to when it goes (ms).

    The base has all events with an event time before `limit`, and none of the others. `since` are
    those that the journey had besides, as (message id, event time in ms).
    """

    journey: Journey
    words: list[Transition]
    limit: int
    since: frozenset[tuple[str, int]]


def from_base(journey: Journey, limit: int) -> Based:
    """Begin a journey again from its base, which was cut at `limit` (ms, event time) at the latest.

    It was cut sooner where older signals still stand in the history.
    """
    limit = min([limit, *(entry.t for entry in journey.history.entries[:1])])
    based = Journey(journey.base.copy())
    based.rest_on(journey.base)
    based.history = History.of([], [], dict(journey.history.remembered))
    based.alerts = {
        key: AlertState(settled=state.settled, born=state.born)
        for key, state in journey.alerts.items()
    }
    words = sorted(based.live.words.values(), key=lambda word: (word.at, word.instance))
    known = [*journey.history.entries, *journey.history.absorbed]
    since = frozenset((one.message_id, one.t) for one in known if one.t >= limit)
    return Based(based, speak(based, words), limit, since)

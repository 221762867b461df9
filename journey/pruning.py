"""Forgets what is no longer needed of alerts that nothing can change any more.

No word is at hand of such an alert, and it was resolved before everything that may yet happen.
What fires later fires it anew; only what it came to goes on, as long as the customer's life lasts.
"""

from __future__ import annotations

from journey.alerts import AlertKey
from journey.journey import AlertState, Journey


def prune(journey: Journey, limit: int) -> None:
    """Forget the alerts that are final, now that nothing below `limit` (ms) can change.

    An alert that people have acted on is kept whole while the customer's life lasts.
    """
    for key, state in list(journey.alerts.items()):
        if key in journey.instances_of or (state.said is not None and not _is_final(state, limit)):
            continue
        if _is_over(journey, key, state, limit) or not (state.heard or state.settled.count):
            del journey.alerts[key]
        elif state.said is not None and not state.heard:
            # What fires next may yet be withdrawn, and then it is what it was.
            journey.alerts[key] = AlertState(state.settled, state.born)


def _is_final(state: AlertState, limit: int) -> bool:
    return state.said is not None and state.said.status == "resolved" and state.at < limit


def _is_over(journey: Journey, key: AlertKey, state: AlertState, limit: int) -> bool:
    """Say whether the life that an alert counts in was over, for good, before `limit` (ms)."""
    part = next((part for part in journey.live.parts if part.name == key[0]), None)
    if part is None or state.born is None:
        return False
    if part.last_t is None:
        return journey.live.fired < limit
    return state.born < part.lives[-1] < limit

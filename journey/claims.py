"""What one message claims: that a device is a person's, or that a person is of an account.

Claims are about the past. Which of them count is decided so that a message changes whose an event
is only as far back as journeys can still be corrected: docs/decisions/0027.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from journey.engine import EngineSettings
from journey.history import COPIES_WITHIN


class Claim(msgspec.Struct, frozen=True, gc=False):
    """A claim by one message, by its event time `t` and its arrival `a` (ms)."""

    message_id: str
    t: int
    a: int


C = TypeVar("C", bound=Claim)


def originals(
    claims: Iterable[C], message: Callable[[C], Hashable], order: Callable[[C], Any]
) -> list[C]:
    """Give the claims that count, of the copies of each message.

    Sorted by `order`, which begins with event time and arrival, each winner absorbs those up to
    24 h after itself, as the copies of any event, but none that arrived before it: that one may
    have settled what the later one would change.
    """
    won: dict[Hashable, list[C]] = {}
    for claim in sorted(claims, key=order):
        mine = won.setdefault(message(claim), [])
        if not mine or claim.t - mine[-1].t > COPIES_WITHIN or claim.a < mine[-1].a:
            mine.append(claim)
    return [claim for mine in won.values() for claim in mine]


def first_in_time(t: int, claims: Sequence[C], start: int, settings: EngineSettings) -> C | None:
    """Give the first of the claims from `start` on that arrived in time for what happened at `t`.

    The claims are in the order of their event times. Judged is the arrival, not the event time:
    what arrives later than `merge` after `t` finds it in bases that nothing changes any more.
    """
    farthest = t + settings.merge + settings.skew  # an admitted claim beyond it came too late
    for at in range(start, len(claims)):
        if claims[at].t > farthest:
            return None
        if claims[at].a - t <= settings.merge:
            return claims[at]
    return None

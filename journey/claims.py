"""What one message claims: that a device is a person's, or that a person is of an account.

Claims are about the past: they count each message once, and reach back only as far as journeys
can still be corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from journey.engine import EngineSettings
from journey.history import COPIES_WITHIN


class Claim(msgspec.Struct, frozen=True, gc=False):
    """A claim by one message; `t` is its event time, `a` the least arrival of its copies (ms)."""

    message_id: str
    t: int
    a: int


C = TypeVar("C", bound=Claim)


def originals(
    claims: Iterable[C], message: Callable[[C], Hashable], order: Callable[[C], Any]
) -> list[C]:
    """Give each message once, with the least arrival of its copies.

    Of the claims of one message, sorted by `order` (which begins with the event time), each
    winner absorbs those up to 24 h after itself, as the copies of any event.
    """
    won: dict[Hashable, list[C]] = {}
    for claim in sorted(claims, key=order):
        mine = won.setdefault(message(claim), [])
        if not mine or claim.t - mine[-1].t > COPIES_WITHIN:
            mine.append(claim)
        elif claim.a < mine[-1].a:
            mine[-1] = msgspec.structs.replace(mine[-1], a=claim.a)
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

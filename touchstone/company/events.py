"""The company's events as they reach the collector: with ids, delays, copies and disorder.

Everything comes from the seed and the starting instant, so a run can be had again.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Any, Final

from journey.instant import DAY, HOUR, MINUTE, SECOND, format_instant
from touchstone.company.visit import Draft, visit

Arrival = tuple[int, int, dict[str, Any]]
"""When an event arrives (ms since the epoch), a number that breaks ties, and the event."""

_VISITS_IN_THE_PAST: Final = 2
_SAMPLE: Final = 400
_ANONYMOUS: Final = 0.25
_COPIES: Final = 0.01


class Company:
    """Customers and their events; `start` is the instant at which the past ends, ms."""

    def __init__(self, *, customers: int, seed: int, start: int, speed: float) -> None:
        self._rng = Random(f"{seed}/{start}")  # noqa: S311
        self._customers = customers
        self._start = start
        self._speed = speed
        self._numbers = count()
        self._to_come: list[Arrival] = []

    def past(self, days: float) -> list[Arrival]:
        """Give what arrived in the days before the start, in order of arrival.

        What those customers do later is kept for `live`.
        """
        for customer in range(self._customers if days else 0):
            for _ in range(_VISITS_IN_THE_PAST):
                began = self._start - int(self._rng.random() * days * DAY)
                self._visit(customer, began, 1.0)
        arrived = []
        while self._to_come and self._to_come[0][0] <= self._start:
            arrived.append(heapq.heappop(self._to_come))
        return arrived

    def live(self, rate: float) -> Iterator[Arrival]:
        """Give what arrives from the start on, without end: about `rate` events a second."""
        visits_a_ms = rate / self._events_a_visit() / SECOND
        begins = float(self._start)
        while True:
            begins += self._rng.expovariate(visits_a_ms)
            while self._to_come and self._to_come[0][0] <= begins:
                yield heapq.heappop(self._to_come)
            self._visit(self._rng.randrange(self._customers), int(begins), self._speed)

    def _events_a_visit(self) -> float:
        sample = Random(0)  # noqa: S311
        return sum(len(visit(sample)) for _ in range(_SAMPLE)) / _SAMPLE

    def _visit(self, customer: int, began: int, quickness: float) -> None:
        drafts = visit(self._rng, quickness)
        is_anonymous = self._rng.random() < _ANONYMOUS and not _buys(drafts)
        for draft in drafts:
            event = self._event(customer, began + draft.after, draft, is_anonymous=is_anonymous)
            arrives = began + draft.after + self._delay()
            self._arrive(arrives, event)
            if self._rng.random() < _COPIES:
                self._arrive(arrives + self._rng.randrange(MINUTE), event)

    def _event(self, customer: int, at: int, draft: Draft, *, is_anonymous: bool) -> dict[str, Any]:
        who = {} if is_anonymous else {"userId": f"customer-{customer:04d}"}
        return {
            "messageId": f"{self._rng.getrandbits(96):024x}",
            "type": "track",
            "event": draft.name,
            **who,
            "anonymousId": f"device-{customer:04d}",
            "timestamp": format_instant(at),
            "properties": draft.properties,
            "context": {"source": "simulated"},
        }

    def _arrive(self, at: int, event: dict[str, Any]) -> None:
        heapq.heappush(self._to_come, (at, next(self._numbers), event))

    def _delay(self) -> int:
        """Most events come at once, some late, and a few from a phone that was offline."""
        luck = self._rng.random()
        if luck < 0.9:  # noqa: PLR2004
            return self._rng.randrange(2 * SECOND)
        return self._rng.randrange(3 * MINUTE if luck < 0.99 else 6 * HOUR)  # noqa: PLR2004


def _buys(drafts: list[Draft]) -> bool:
    return any(draft.name == "Product Added" for draft in drafts)

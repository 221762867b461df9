"""What a subject keeps of claims: those that may still change, over those that do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from journey.claims import Claim
from journey.history import COPIES_WITHIN
from journey.instant import HOUR
from journey.links import Link, counting, precedes, told

C = TypeVar("C", bound=Claim)


def kept(claims: Sequence[C], counting: Sequence[C], cut: int) -> list[C]:
    """Give what must be kept of claims where no more can come below the `cut` (ms, event time).

    `counting` are those that count, in order. Of these the latest below the cut decides about
    what happens after it, and those of the 24 h before the cut may yet absorb copies.
    """
    below = [one for one in counting if one.t < cut]
    absorbing = [one for one in below[:-1] if one.t >= cut - COPIES_WITHIN]
    return absorbing + below[-1:] + [one for one in claims if one.t >= cut]


class LinksOf(msgspec.Struct, array_like=True):
    """The links that a device was told."""

    told: list[Link] = []

    def take(self, link: Link) -> bool:
        """Take a link, and say whether that changes which count."""
        before = self.counting()
        self.told = told([*self.told, link])
        return self.counting() != before

    def counting(self) -> list[Link]:
        """Give the links that count, in order."""
        return counting(self.told)

    def cut(self, cut: int) -> None:
        """Forget what no event at or after the cut (ms) hangs on."""
        self.told = kept(self.told, self.counting(), cut)


class Telling(msgspec.Struct, array_like=True):
    """The links that a person has told, by the UTC hour in which they happened."""

    by_hour: dict[int, list[Link]] = {}

    def tells(self, links: Iterable[Link]) -> list[Link]:
        """Give those of the links that have to be told, and remember them."""
        telling = []
        for link in links:
            known = self.by_hour.get(link.t // HOUR, [])
            if not any(precedes(one, link) for one in known):
                left = [one for one in known if not precedes(link, one)]
                self.by_hour[link.t // HOUR] = [*left, link]
                telling.append(link)
        return telling

    def cut(self, cut: int) -> None:
        """Forget the hours in which nothing can happen any more."""
        self.by_hour = {hour: one for hour, one in self.by_hour.items() if hour >= cut // HOUR}

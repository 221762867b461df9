"""Links: which person's an anonymous event is, and who a person was before.

A link is one event that carries both ids. An alias call links too: it makes the former id,
whether a device's or a person's, a device of the new one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from journey.claims import Claim, first_in_time, originals
from journey.engine import EngineSettings
from journey.event import PERSON, Event, anonymous, person
from journey.instant import HOUR


class Link(Claim, frozen=True, gc=False):
    """A message by which what a device did is a person's; both are typed subjects."""

    device: str
    person: str


def links_in(event: Event) -> Iterator[Link]:
    """Give the links that an event makes: to its device and to the ids it was known by."""
    if (event.device is None and event.formerly is None) or not event.subject.startswith(PERSON):
        return
    devices = [] if event.device is None else [anonymous(event.device)]
    if event.formerly is not None:
        devices += [anonymous(event.formerly), person(event.formerly)]
    for device in devices:
        if device != event.subject:
            yield Link(event.message_id, event.t, event.a, device, event.subject)


def told(links: Iterable[Link]) -> list[Link]:
    """Give the links that are told, of all links of some pairs of device and person.

    A link is left out where another of the same pair in the same UTC hour precedes it in event
    time and arrival: it is not told to the device's partition, so nobody may go by it.
    """
    telling: list[Link] = []
    before: tuple[str, str, int] | None = None
    for link in sorted(links, key=lambda one: (one.device, one.person, *stamps_of(one))):
        hour = (link.device, link.person, link.t // HOUR)
        if hour != before or link.a < telling[-1].a:
            telling.append(link)
        before = hour
    return telling


def precedes(one: Link, other: Link) -> bool:
    """Say whether nobody need be told of the other link where `one` is told."""
    same = (one.device, one.person, one.t // HOUR) == (other.device, other.person, other.t // HOUR)
    return same and one.a <= other.a and stamps_of(one) <= stamps_of(other)


def stamps_of(link: Link) -> tuple[int, int, str]:
    """Give what decides between two links of one hour."""
    return (link.t, link.a, link.message_id)


def counting(links: Iterable[Link]) -> list[Link]:
    """Give the links that count, of those that are told, in order."""
    once = originals(links, _message, lambda link: (link.t, link.a))
    return sorted(once, key=_order)


def link_of(t: int, links: Sequence[Link], settings: EngineSettings) -> Link | None:
    """Give the link of a device's that says whose it is what the device did at `t` (ms).

    That is the first at or after `t` that came in time, else the latest before. The links are
    those of one device, in order.
    """
    start = bisect_left(links, t, key=lambda link: link.t)
    after = first_in_time(t, links, start, settings)
    return after or (links[start - 1] if start else None)


class Links:
    """The links that count, by device."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._of: dict[str, list[Link]] = {}

    def __bool__(self) -> bool:
        """Say whether there is any link."""
        return bool(self._of)

    def __contains__(self, subject: str) -> bool:
        """Say whether any link leads away from a subject."""
        return subject in self._of

    def add(self, links: Iterable[Link]) -> None:
        """Take all links of some pairs of device and person."""
        changed = set()
        for link in counting(told(links)):
            self._of.setdefault(link.device, []).append(link)
            changed.add(link.device)
        for device in changed:
            self._of[device].sort(key=_order)

    def owner_of(self, subject: str, t: int) -> str:
        """Give the subject that what a subject did at `t` (ms, event time) belongs to."""
        if subject not in self._of:
            return subject
        return end_of(self.way_of(subject, t), subject)

    def way_of(self, subject: str, t: int) -> list[Link]:
        """Give the links that lead from a subject to the owner of what it did at `t`.

        Aliases may lead in a circle: then the last link leads to where the way was before.
        """
        way: list[Link] = []
        visited = {subject}
        while (link := link_of(t, self._of.get(subject, ()), self._settings)) is not None:
            way.append(link)
            subject = link.person
            if subject in visited:
                break
            visited.add(subject)
        return way


def end_of(way: Sequence[Link], subject: str) -> str:
    """Give where a way from a subject ends; one in a circle ends at its least subject."""
    if not way:
        return subject
    return min(circle_of(way), default=way[-1].person)


def circle_of(way: Sequence[Link]) -> list[str]:
    """Give the subjects of the circle that a way leads into; none where it leads into none."""
    stops = [link.device for link in way]
    end = way[-1].person
    return stops[stops.index(end) :] if end in stops else []


def _message(link: Link) -> tuple[str, str, str]:
    return (link.device, link.person, link.message_id)


def _order(link: Link) -> tuple[int, str, str]:
    return (link.t, link.message_id, link.person)

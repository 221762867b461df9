"""The events in files that concern one subject, whoever they came from.

The files are read twice: once for what ties ids together, once for the events themselves. In
memory are the ties, and the events of the ids that are tied to the subject.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from heapq import nlargest
from typing import Final

from journey.attribution import Attribution
from journey.engine import Engine
from journey.event import ACCOUNT, Event, account, person
from journey.links import links_in
from touchstone.eventfiles import events_in

_CANDIDATES: Final = 500
_NEAREST: Final = 3


@dataclass(frozen=True, slots=True)
class Concerning:
    """A subject's events, with those that are refused, in the order of the files.

    `attribution` knows why they are the subject's; `last` is the last arrival in the files, ms.
    """

    events: list[Event]
    attribution: Attribution
    last: int


class Ties:
    """Which ids are tied together: as devices and former ids, as members, as authors."""

    def __init__(self) -> None:
        self._linked: defaultdict[str, set[str]] = defaultdict(set)
        self._members: defaultdict[str, set[str]] = defaultdict(set)
        self._readers: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, event: Event) -> None:
        """Take up what an event ties."""
        for link in links_in(event):
            self._linked[link.device].add(link.person)
            self._linked[link.person].add(link.device)
        if event.group is not None:
            self._members[account(event.group)].add(event.subject)
        if event.author is not None:
            self._readers[person(event.author)].add(event.subject)

    def circle_of(self, subject: str) -> set[str]:
        """Give the ids without whose events it cannot be said what a subject's events are."""
        start = self._members[subject] if subject.startswith(ACCOUNT) else {subject}
        ids = self._reach(start)
        return self._reach(ids.union(*(self._readers[one] for one in ids)))

    def _reach(self, start: Iterable[str]) -> set[str]:
        found, waiting = set(start), list(start)
        while waiting:
            new = self._linked[waiting.pop()] - found
            found |= new
            waiting += new
        return found


def concerning(files: Sequence[str], engine: Engine, subject: str, at: int | None) -> Concerning:
    """Read what concerns a subject and had arrived by an instant (ms), or at all.

    Raises WorkFailed with the place of the first line that is not an event.
    """
    ties, last = Ties(), 0
    for event in _arrived(files, (), at):
        ties.add(event)
        last = max(last, event.a)
    ids = ties.circle_of(subject)
    near = [event for event in _arrived(files, engine.fields, at) if event.subject in ids]
    attribution = Attribution(engine, near)
    refused = [event for event in near if engine.refusal(event) is not None]
    mine = [event for event in refused if _is_of(subject, event, attribution)]
    return Concerning([*attribution.subjects.get(subject, ()), *mine], attribution, last)


def nearest(files: Sequence[str], subject: str, at: int | None) -> list[str]:
    """Give the ids in files, up to an instant (ms), that are most like one that is not there."""
    known = {event.subject for event in _arrived(files, (), at)}
    alike = nlargest(_CANDIDATES, known, key=lambda one: _same_beginning(one, subject))
    return get_close_matches(subject, alike, n=_NEAREST)


def _same_beginning(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _arrived(files: Sequence[str], fields: Collection[str], at: int | None) -> Iterator[Event]:
    events = events_in(files, fields)
    return (event for event in events if at is None or event.a <= at)


def _is_of(subject: str, event: Event, attribution: Attribution) -> bool:
    """Say whether an event that is not admitted would have been a subject's."""
    if subject.startswith(ACCOUNT):
        return event.group is not None and account(event.group) == subject
    return attribution.owner_of(event) == subject

"""A second attribution, as plain as can be: rules 3, 4, 6, 7 and 9 word by word, over all pairs.

Shares nothing with the engine but `Event`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from journey.event import Event

HOUR = 3_600_000
DAY = 24 * HOUR

Given = tuple[str, str, int, int, str, str | None, str]
"""Subject, message id, t, a, name, account, fields."""


@dataclass(frozen=True)
class Seen:
    """One message that says that `of` is `to`'s."""

    of: str
    to: str
    message_id: str
    t: int
    a: int
    order: tuple[Any, ...] = ()


class AttributionOracle:
    """Attributes admitted events; `merge` is H_merge in ms."""

    def __init__(self, admitted: list[Event], merge: int) -> None:
        self._events = admitted
        self._merge = merge
        self._links = self._told([link for event in admitted for link in _links(event)])

    def given(self) -> list[Given]:
        """Give every event of every subject, in one fixed order."""
        owned = self._owned()
        everything = []
        for owner in {owner for owner, _ in owned}:
            mine = [event for one, event in owned if one == owner]
            for event in mine:
                account = self._account(owner, mine, event.t)
                everything.append(_flat(owner, event, account))
                if account is not None:
                    everything.append(_flat(account, event, account))
        return sorted(everything, key=repr)

    def owner(self, subject: str, t: int) -> str:
        """Follow the links from device to person to person."""
        visited: list[str] = []
        while subject not in visited:
            visited.append(subject)
            mine = [link for link in self._links if link.of == subject]
            after = [link for link in mine if link.t >= t and link.a - t <= self._merge]
            before = [link for link in mine if link.t < t]
            if after:
                subject = min(after, key=lambda one: (one.t, one.message_id, one.to)).to
            elif before:
                subject = max(before, key=lambda one: (one.t, one.message_id, one.to)).to
            else:
                return subject
        return min(visited[visited.index(subject) :])

    def _owned(self) -> list[tuple[str, Event]]:
        owned = []
        for event in self._events:
            owner = self.owner(event.subject, event.t)
            owned.append((owner, event))
            if event.author is not None:
                author = self.owner("person:" + event.author, event.t)
                if author != owner:
                    of = {"properties.of": event.name}
                    stamps = event.message_id, event.t, event.a
                    credit = Event(author, *stamps, "Credit Received", fields=of)  # type: ignore[arg-type]
                    owned.append((author, credit))
        return owned

    def _account(self, owner: str, mine: list[Event], t: int) -> str | None:
        named = _once(
            [_membership(event) for event in mine if event.group is not None],
            together=lambda one: one.message_id,
        )
        own = _once(
            [_membership(one) for one in self._events if one.subject == owner and one.group],
            together=lambda one: one.message_id,
        )
        order = lambda one: (one.t, *one.order, one.message_id)  # noqa: E731
        before = [one for one in named if one.t <= t]
        after = [one for one in own if one.t > t and one.a - t <= self._merge]
        if before:
            return max(before, key=order).to
        return min(after, key=order).to if after else None

    def _told(self, seen: list[Seen]) -> list[Seen]:
        told = [one for one in seen if not any(_precedes(other, one) for other in seen)]
        return _once(told, together=lambda one: (one.of, one.to, one.message_id))


def _links(event: Event) -> Iterable[Seen]:
    if not event.subject.startswith("person:"):
        return
    olds = ["anon:" + event.device] if event.device else []
    if event.formerly:
        olds += ["anon:" + event.formerly, "person:" + event.formerly]
    for old in olds:
        if old != event.subject:
            yield Seen(old, event.subject, event.message_id, event.t, event.a)


def _once(seen: list[Seen], together: Any) -> list[Seen]:
    """Let the earliest absorb the copies up to 24 h after it that arrived no earlier, and so on."""
    left, won = list(seen), []
    while left:
        first = min(left, key=lambda one: (one.t, one.a, one.order, one.to))
        won.append(first)
        left = [
            one
            for one in left
            if together(one) != together(first) or one.t > first.t + DAY or one.a < first.a
        ]
    return won


def _membership(event: Event) -> Seen:
    named, order = "account:" + str(event.group), (event.sequence, event.rank)
    return Seen(event.subject, named, event.message_id, event.t, event.a, order)


def _precedes(other: Seen, one: Seen) -> bool:
    if (other.of, other.to, other.t // HOUR) != (one.of, one.to, one.t // HOUR):
        return False
    if other.t > one.t or other.a > one.a:
        return False
    return (other.t, other.a, other.message_id) < (one.t, one.a, one.message_id)


def _flat(subject: str, event: Event, account: str | None) -> Given:
    fields = repr(sorted(event.fields.items()))
    return (subject, event.message_id, event.t, event.a, event.name, account, fields)

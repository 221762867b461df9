"""Where an event goes from a subject, and what is to be said when that changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from journey.accounts import for_account
from journey.credits import credit_of
from journey.engine import EngineSettings
from journey.event import ACCOUNT, Event, person
from journey.links import Link, link_of
from services.detector.hops.messages import Give, Item, Message, Withdraw


class Course(msgspec.Struct, frozen=True, array_like=True):
    """What became of an event at a subject: it went on to the `next` one, or stays, or neither.

    One that stays is in the subject's journey, and in that of the `account`, if any.
    """

    next: str | None = None
    stays: bool = False
    account: str | None = None


NOWHERE = Course()


class Move(msgspec.Struct, frozen=True):
    """An event that joins the journey of its subject, or leaves it."""

    event: Event
    joins: bool


def course_of(subject: str, item: Item, links: Sequence[Link], settings: EngineSettings) -> Course:
    """Say where an event goes from a subject with these links, accounts aside.

    In a circle it goes to the least subject of the circle, and what comes there a second time
    has come to its end. A credit for what its author did is none.
    """
    link = None if subject in item.path else link_of(item.event.t, links, settings)
    if link is not None:
        way = (*item.path, subject)
        to = min(way[way.index(link.person) :]) if link.person in way else link.person
        if to != subject:
            return Course(next=to)
    return Course(stays=item.read[-1:] != (subject,))


def change(
    subject: str, item: Item, before: Course, after: Course, cause: int
) -> Iterator[Message | Move]:
    """Say what changes with the course of an event: for those it went to, and in the journey."""
    was, becomes = _onward(subject, item, before), _onward(subject, item, after)
    for to, one in was:
        if (to, one) not in becomes:
            yield Withdraw(to, one.key, cause)
    joined, joins = _journeyed(subject, item, before), _journeyed(subject, item, after)
    if joined != joins:
        if joined is not None:
            yield Move(joined, joins=False)
        if joins is not None:
            yield Move(joins, joins=True)
    for to, one in becomes:
        if (to, one) not in was:
            yield Give(to, one, cause)


def _onward(subject: str, item: Item, course: Course) -> list[tuple[str, Item]]:
    """Give to whom the event goes from here: to the next subject, or to account and author."""
    path = (*item.path, subject)
    passed = msgspec.structs.replace(item, path=path)
    to = [(one, passed) for one in (course.next, course.account) if one is not None]
    if course.stays and not item.read and item.event.author is not None:
        author = person(item.event.author)
        if author != subject and not subject.startswith(ACCOUNT):
            to.append((author, Item(credit_of(item.event, author), item.origin, read=path)))
    return to


def _journeyed(subject: str, item: Item, course: Course) -> Event | None:
    if not course.stays:
        return None
    if subject.startswith(ACCOUNT):
        return for_account(msgspec.structs.replace(item.event, account=subject))
    return msgspec.structs.replace(item.event, subject=subject, account=course.account)

"""What a subject holds of events and claims, and what follows from what it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from journey.accounts import Member, Membership, counting, memberships_in
from journey.engine import EngineSettings
from journey.event import ACCOUNT
from journey.links import Link, links_in
from services.detector.hops.course import NOWHERE, Course, Move, change, course_of
from services.detector.hops.kept import LinksOf, Telling, kept
from services.detector.hops.messages import Item, Message, Tell


class Held(msgspec.Struct, array_like=True):
    """An event that came to a subject, and where it went from there."""

    item: Item
    course: Course


class Subject(msgspec.Struct, array_like=True):
    """The state of one subject beside its journey, back to the cut of its partition number.

    `named` are memberships of before the cut; those after it are in the events held. `own` are
    those that came under its own id.
    """

    name: str
    held: dict[str, Held] = {}
    links: LinksOf = msgspec.field(default_factory=LinksOf)
    telling: Telling = msgspec.field(default_factory=Telling)
    named: list[Membership] = []
    own: list[Membership] = []

    def give(self, item: Item, cause: int, settings: EngineSettings) -> Iterator[Message | Move]:
        """Take an event; one that comes by its own id may tell links."""
        if item.key in self.held:
            raise AssertionError(f"given to {self.name} a second time: {item.key}")
        self.held[item.key] = Held(item, NOWHERE)
        if not item.path and not item.read:
            for link in self.telling.tells(links_in(item.event)):
                yield Tell(link.device, link, cause)
            self.own += memberships_in([item.event])
        named = item.event.group is not None
        yield from self._settle(list(self.held) if named else [item.key], cause, settings)

    def withdraw(self, key: str, cause: int, settings: EngineSettings) -> Iterator[Message | Move]:
        """Give up an event, here and wherever it went from here."""
        if key not in self.held:
            raise AssertionError(f"withdrawn from {self.name}, which does not hold it: {key}")
        held = self.held.pop(key)
        yield from change(self.name, held.item, held.course, NOWHERE, cause)
        if held.course.stays and held.item.event.group is not None:
            yield from self._settle(list(self.held), cause, settings)

    def tell(self, link: Link, cause: int, settings: EngineSettings) -> Iterator[Message | Move]:
        """Take a link, and let what it decides about go its way."""
        if self.links.take(link):
            yield from self._settle(list(self.held), cause, settings)

    def cut(self, cut: int) -> None:
        """Forget what lies below the cut (ms, event time): nothing decides on it any more."""
        self.named = kept(self.named, self._member().named, cut)
        self.own = kept(self.own, counting(self.own), cut)
        self.held = {key: held for key, held in self.held.items() if held.item.event.t >= cut}
        self.links.cut(cut)
        self.telling.cut(cut)

    def _settle(
        self, keys: Iterable[str], cause: int, settings: EngineSettings
    ) -> Iterator[Message | Move]:
        """Find the course of events anew; where memberships come or go, of all events."""
        before = {key: self.held[key].course for key in keys}
        links = self.links.counting()
        for key in before:
            held = self.held[key]
            held.course = course_of(self.name, held.item, links, settings)
        if any(self._names(self.held[key], course) for key, course in before.items()):
            before = {key: held.course for key, held in self.held.items()} | before
        member = self._member()
        for key, was in before.items():
            held = self.held[key]
            held.course = self._with_account(held, member, settings)
            yield from change(self.name, held.item, was, held.course, cause)

    def _names(self, held: Held, before: Course) -> bool:
        """Say whether a membership comes, or goes, with an event whose course has changed."""
        return held.item.event.group is not None and held.course.stays != before.stays

    def _member(self) -> Member:
        events = (held.item.event for held in self.held.values() if held.course.stays)
        return Member(counting([*self.named, *memberships_in(events)]), counting(self.own))

    def _with_account(self, held: Held, member: Member, settings: EngineSettings) -> Course:
        if not held.course.stays or self.name.startswith(ACCOUNT):
            return held.course
        of = member.account_of(held.item.event.t, settings)
        return Course(stays=True, account=None if of is None else of.account)

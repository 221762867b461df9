"""Attribution: which events belong to whom, as a function of the set of admitted events.

Three steps, each a function that a detector can take by itself: an event goes to its owner and
makes a credit for an author (`attributed`), all events of an owner learn their account
(`with_accounts`), and the account gets them (`for_account`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from journey.accounts import Member, for_account, member, with_accounts
from journey.credits import CREDIT, credit_of
from journey.engine import Engine
from journey.event import ACCOUNT, ANONYMOUS, Event, person
from journey.instant import format_instant
from journey.links import Links, circle_of, links_in

Subjects = dict[str, list[Event]]


def attributed(event: Event, links: Links) -> Iterator[Event]:
    """Give an event to its owner, and the author it names the credit, unless that is the owner."""
    owner = links.owner_of(event.subject, event.t)
    yield event if owner == event.subject else msgspec.structs.replace(event, subject=owner)
    if event.author is not None:
        author = links.owner_of(person(event.author), event.t)
        if author != owner:
            yield credit_of(event, author)


class Attribution:
    """All events of a set by subject: persons, devices of nobody known, and accounts.

    Events are taken as they came, by the ids they carry; those that the engine does not admit
    count for nothing.
    """

    def __init__(self, engine: Engine, events: Iterable[Event]) -> None:
        admitted = [event for event in events if engine.refusal(event) is None]
        self._settings = engine.settings
        self._links = Links(engine.settings)
        self._links.add(link for event in admitted for link in links_in(event))
        self._came_as: dict[tuple[str, str, int], str] = {}
        self._came: Subjects = defaultdict(list)
        for event in admitted:
            self._came[event.subject].append(event)
        self._members: dict[str, Member] = {}
        self.subjects: Subjects = self._by_account(self._by_owner(admitted))

    def owner_of(self, event: Event) -> str:
        """Give the person or device that an event belongs to, also one that is not admitted."""
        return self._links.owner_of(event.subject, event.t)

    def why(self, event: Event) -> str:
        """Say why an event, as it came or as it was given, belongs to whom it belongs."""
        if event.subject.startswith(ACCOUNT):
            return f"it is of a member of {event.subject}"
        reason = self._why_owner(event)
        owner = self.owner_of(event)
        if owner not in self._members:
            mine, came = self.subjects.get(owner, ()), self._came.get(owner, ())
            self._members[owner] = member(mine, came)
        of = self._members[owner].account_of(event.t, self._settings)
        if of is None:
            return reason
        return f"{reason}; {owner} is of {of.account} by {_message(of.message_id, of.t)}"

    def _why_owner(self, event: Event) -> str:
        if event.name == CREDIT and event.author is None:
            return f"message {event.message_id} names {event.subject} as the author"
        key = (event.subject, event.message_id, event.t)
        came_as = self._came_as.get(key, event.subject)
        way = self._links.way_of(came_as, event.t)
        if not way:
            if came_as.startswith(ANONYMOUS):
                return f"nothing joins {came_as} to a person in time"
            return f"it carries the id of {came_as}"
        steps = ", ".join(
            f"{link.device} is {link.person} by {_message(link.message_id, link.t)}" for link in way
        )
        circle = circle_of(way)
        return f"{steps}, a circle that ends at {min(circle)}" if circle else steps

    def _by_owner(self, admitted: Iterable[Event]) -> Subjects:
        owned: Subjects = defaultdict(list)
        for event in admitted:
            for given in attributed(event, self._links):
                owned[given.subject].append(given)
                if given.subject != event.subject and given.name != CREDIT:
                    self._remember(event, given)
        return owned

    def _remember(self, event: Event, given: Event) -> None:
        key = (given.subject, given.message_id, given.t)
        self._came_as[key] = min(event.subject, self._came_as.get(key, event.subject))

    def _by_account(self, owned: Subjects) -> Subjects:
        subjects: Subjects = {}
        for owner, events in owned.items():
            came = self._came.get(owner, ())
            subjects[owner] = with_accounts(events, came, self._settings)
            for event in subjects[owner]:
                if (copy := for_account(event)) is not None:
                    subjects.setdefault(copy.subject, []).append(copy)
        return subjects


def _message(message_id: str, t: int) -> str:
    return f"message {message_id} of {format_instant(t)}"

"""Accounts: which of a subject's events belong to which account.

An account is named by `group` calls and by the context of other events.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from journey.claims import Claim, first_in_time, originals
from journey.engine import EngineSettings
from journey.event import Event, account


class Membership(Claim, frozen=True, gc=False):
    """A message that names the account of its subject; `account` is a typed subject.

    `sequence` and `rank` settle the order of those that happened at once.
    """

    sequence: int
    rank: int
    account: str


def memberships_in(events: Iterable[Event]) -> Iterator[Membership]:
    """Give what events say of accounts."""
    for one in events:
        if one.group is not None:
            of = account(one.group)
            yield Membership(one.message_id, one.t, one.a, one.sequence, one.rank, of)


def counting(named: Iterable[Membership]) -> list[Membership]:
    """Give the memberships that count, of all of one subject, in the order of events."""
    once = originals(
        named,
        lambda one: one.message_id,
        lambda one: (one.t, one.a, one.sequence, one.rank, one.account),
    )
    return sorted(once, key=lambda one: (one.t, one.sequence, one.rank, one.message_id))


class Member(NamedTuple):
    """What names the accounts of a subject, in order.

    `named` are the memberships that its events name, `own` those that were named under its own
    id, whoever's these events are by now.
    """

    named: Sequence[Membership]
    own: Sequence[Membership]

    def account_of(self, t: int, settings: EngineSettings) -> Membership | None:
        """Give what says to which account belongs what the subject did at `t` (ms, event time).

        That is the latest membership at or before `t`, else the first after it that was named
        under the subject's own id and came in time; None: the subject is its own account. What
        joins a subject later reaches back no further than it happened: what was before may be
        in bases by then.
        """
        start = _count_until(t, self.named)
        if start:
            return self.named[start - 1]
        return first_in_time(t, self.own, _count_until(t, self.own), settings)


def member(events: Iterable[Event], came: Iterable[Event]) -> Member:
    """Give what names the accounts of a subject.

    `events` are those that belong to it, `came` those that carry its own id.
    """
    return Member(counting(memberships_in(events)), counting(memberships_in(came)))


def with_accounts(
    events: Sequence[Event], came: Iterable[Event], settings: EngineSettings
) -> list[Event]:
    """Give all events of one subject with the accounts they belong to; see `member`."""
    of = member(events, came)
    if not of.named and not of.own:
        return list(events)
    return [given(event, of.account_of(event.t, settings)) for event in events]


def for_account(event: Event) -> Event | None:
    """Give an event as its account gets it, without the other ids of its customer."""
    if event.account is None:
        return None
    return msgspec.structs.replace(
        event, subject=event.account, device=None, formerly=None, author=None
    )


def given(event: Event, membership: Membership | None) -> Event:
    """Give an event with the account it belongs to, if any."""
    if membership is None:
        return event
    return msgspec.structs.replace(event, account=membership.account)


def _count_until(t: int, named: Sequence[Membership]) -> int:
    return bisect_right(named, t, key=lambda one: one.t)

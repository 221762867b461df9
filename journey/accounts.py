"""Accounts: which of a subject's events belong to which account.

An account is named by `group` calls and by the context of other events.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

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


def memberships(events: Iterable[Event]) -> list[Membership]:
    """Give the memberships that all events of one subject name, in the order of events."""
    named = (
        Membership(one.message_id, one.t, one.a, one.sequence, one.rank, account(one.group))
        for one in events
        if one.group is not None
    )
    once = originals(
        named,
        lambda one: one.message_id,
        lambda one: (one.t, one.sequence, one.rank, one.account, one.a),
    )
    return sorted(once, key=lambda one: (one.t, one.sequence, one.rank, one.message_id))


def account_of(t: int, named: Sequence[Membership], settings: EngineSettings) -> Membership | None:
    """Give what says to which account belongs what a subject did at `t` (ms, event time).

    That is the latest of its memberships (in order) at or before `t`, else the first after it
    that came in time; None: the subject is its own account.
    """
    start = bisect_right(named, t, key=lambda one: one.t)
    return named[start - 1] if start else first_in_time(t, named, 0, settings)


def with_accounts(events: Sequence[Event], settings: EngineSettings) -> list[Event]:
    """Give all events of one subject with the accounts they belong to."""
    named = memberships(events)
    if not named:
        return list(events)
    return [_given(event, account_of(event.t, named, settings)) for event in events]


def for_account(event: Event) -> Event | None:
    """Give an event as its account gets it, without the other ids of its customer."""
    if event.account is None:
        return None
    return msgspec.structs.replace(
        event, subject=event.account, device=None, formerly=None, author=None
    )


def _given(event: Event, membership: Membership | None) -> Event:
    if membership is None:
        return event
    return msgspec.structs.replace(event, account=membership.account)

"""What the engine is given: one event of one subject, with its two stamps."""

from __future__ import annotations

import msgspec

Fields = dict[str, "str | int | float | bool | list[object] | dict[str, object] | None"]
"""The values that some model reads, by path (`properties.price`); absent where there is none."""


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event of one subject.

    `t` is the event time and `a` the arrival, both in ms since the epoch, UTC.
    `sequence` and `rank` come from the catalogue of events and settle the order
    of what happened in the same millisecond (0 where the catalogue is silent).

    What tells whose it is, None where it does not say: `device` is the anonymousId beside a
    userId, `formerly` the previousId of an alias call, `group` the account it names, `author`
    the user id of who wrote what it is about. `account` is the typed subject of the account it
    was given to; attribution sets it.
    """

    subject: str
    message_id: str
    t: int
    a: int
    name: str
    sequence: int = 0
    rank: int = 0
    fields: Fields = {}
    device: str | None = None
    formerly: str | None = None
    group: str | None = None
    author: str | None = None
    account: str | None = None


PERSON = "person:"
ANONYMOUS = "anon:"
ACCOUNT = "account:"


def person(user_id: str) -> str:
    """Give the typed subject of a known customer."""
    return PERSON + user_id


def anonymous(anonymous_id: str) -> str:
    """Give the typed subject of a device whose owner is not known."""
    return ANONYMOUS + anonymous_id


def account(group_id: str) -> str:
    """Give the typed subject of an account: a firm, a household."""
    return ACCOUNT + group_id


def number(value: object) -> float | None:
    """Read a JSON value as a number where it is one, also when it is written as a string."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float, str)):
        try:
            read = float(value)
        except ValueError:
            return None
        return read if read - read == 0 else None
    return None

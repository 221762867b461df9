"""What subjects tell each other, through `events.rekeyed` where their partition numbers differ.

Every message names its `cause`: the arrival (ms) of the event from a source topic without which
it would not be. The clock waits for messages by it.
"""

from __future__ import annotations

import msgspec

from journey.event import Event
from journey.links import Link

_encode = msgspec.json.Encoder().encode


class Item(msgspec.Struct, frozen=True, array_like=True):
    """An event on its way to its owner.

    `event` is as it came, or the credit made of it; `origin` is where it came first
    (TOPIC/PARTITION/OFFSET), `path` the subjects that have passed it on. Of a credit, `read` is
    the path of the event that it was made of, with its owner at the end: while links change, an
    owner may hold an event by two paths for a moment.
    """

    event: Event
    origin: str
    path: tuple[str, ...] = ()
    read: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Tell it from all others that one subject may hold."""
        return _encode((self.origin, self.read, self.path)).decode()


class Tell(msgspec.Struct, frozen=True, tag="tell"):
    """Tells a subject that it is a device of a person's."""

    to: str
    link: Link
    cause: int


class Give(msgspec.Struct, frozen=True, tag="give"):
    """Gives an event to a subject."""

    to: str
    item: Item
    cause: int


class Withdraw(msgspec.Struct, frozen=True, tag="withdraw"):
    """Takes back what was given, by its key."""

    to: str
    key: str
    cause: int


Message = Tell | Give | Withdraw

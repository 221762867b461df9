"""The recent signals of a subject in their order, each message once."""

from __future__ import annotations

from bisect import bisect_left

import msgspec

from journey.event import Fields
from journey.instant import DAY

Order = tuple[int, int, int, str]
COPIES_WITHIN = DAY


class Entry(msgspec.Struct):
    """An admitted event that means something; `masks` has its signals, one mask a model."""

    t: int
    sequence: int
    rank: int
    message_id: str
    name: str
    fields: Fields
    masks: tuple[int, ...]

    @property
    def order(self) -> Order:
        """Where it stands among the others: time, sequence, rank, id."""
        return (self.t, self.sequence, self.rank, self.message_id)

    @property
    def content(self) -> bytes:
        """What it says, in one fixed form: decides between copies stamped alike."""
        return msgspec.json.encode(
            (self.sequence, self.rank, self.name, self.fields), order="deterministic"
        )


class History:
    """Entries in order, without copies.

    Of the copies of one message id, sorted by (t, content), each winner absorbs those up
    to 24 h after itself. Winners are `entries`; absorbed ones are kept aside, because an
    earlier copy may yet come and change who wins. Ids below the cut are remembered as
    long as they can still absorb.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.absorbed: list[Entry] = []
        self.remembered: dict[str, int] = {}
        self._orders: list[Order] = []
        self._ids: set[str] = set()

    @classmethod
    def of(cls, entries: list[Entry], absorbed: list[Entry], remembered: dict[str, int]) -> History:
        """Take up a history where it was left."""
        history = cls()
        history.entries, history.absorbed, history.remembered = entries, absorbed, remembered
        history._reindex()
        return history

    def insert(self, entry: Entry) -> int | None:
        """Put an entry in its place; give the first index that changed, None if nothing did."""
        if entry.message_id in self._ids:
            return self._insert_copy(entry)
        self._ids.add(entry.message_id)
        return self._place(entry)

    def count_before(self, t: int) -> int:
        """Count the entries with an event time below `t`."""
        return bisect_left(self._orders, (t,))

    def cut(self, limit: int) -> None:
        """Forget the entries below `limit` (ms, event time), remembering ids that still absorb."""
        n = self.count_before(limit)
        for entry in self.entries[:n]:
            self.remembered[entry.message_id] = entry.t
        del self.entries[:n]
        self.absorbed = [entry for entry in self.absorbed if entry.t >= limit]
        self.remembered = {
            message_id: t for message_id, t in self.remembered.items() if t >= limit - COPIES_WITHIN
        }
        self._reindex()

    def _place(self, entry: Entry) -> int:
        order = entry.order
        if not self._orders or order > self._orders[-1]:
            self._orders.append(order)
            self.entries.append(entry)
            return len(self.entries) - 1
        at = bisect_left(self._orders, order)
        self._orders.insert(at, order)
        self.entries.insert(at, entry)
        return at

    def _insert_copy(self, entry: Entry) -> int | None:
        mine = entry.message_id
        won = [one for one in self.entries if one.message_id == mine]
        copies = [*won, *(one for one in self.absorbed if one.message_id == mine)]
        if any(one.t == entry.t and one.content == entry.content for one in copies):
            return None
        winners, absorbed = self._settle([*copies, entry])
        self.absorbed = [one for one in self.absorbed if one.message_id != mine] + absorbed
        places = [self._remove(one) for one in won if one not in winners]
        places += [self._place(one) for one in winners if one not in won]
        return min(places, default=None)

    def _settle(self, copies: list[Entry]) -> tuple[list[Entry], list[Entry]]:
        winners: list[Entry] = []
        absorbed: list[Entry] = []
        last = self.remembered.get(copies[0].message_id)
        for copy in sorted(copies, key=lambda one: (one.t, one.content)):
            if last is not None and copy.t - last <= COPIES_WITHIN:
                absorbed.append(copy)
            else:
                winners.append(copy)
                last = copy.t
        return winners, absorbed

    def _remove(self, entry: Entry) -> int:
        at = self.entries.index(entry)
        del self.entries[at], self._orders[at]
        return at

    def _reindex(self) -> None:
        self._orders = [entry.order for entry in self.entries]
        self._ids = {entry.message_id for entry in self.entries}
        self._ids.update(entry.message_id for entry in self.absorbed)
        self._ids.update(self.remembered)

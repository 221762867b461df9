"""The recent signals of a subject in their order, each message once."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

import msgspec

from journey.event import Fields
from journey.instant import DAY

Order = tuple[int, int, int, str]
Masks = tuple[int, ...]
Times = tuple[int, ...]

COPIES_WITHIN = DAY
NEVER = -COPIES_WITHIN - 1
"""Longer ago than a copy can be absorbed."""


class Entry(msgspec.Struct, eq=False, gc=False):
    """An admitted event that means something.

    `elsewhere` says that the models of accounts see it in another subject's journey. `means` has
    its signals, one mask a line of models; `masks` those of them that count: a copy counts for a
    line only where it is not absorbed by another. `written` are the bytes that it has in a state,
    kept from the first time on.
    """

    t: int
    sequence: int
    rank: int
    message_id: str
    name: str
    fields: Fields
    elsewhere: bool
    means: Masks
    masks: Masks
    written: msgspec.Raw | None = None

    @property
    def order(self) -> Order:
        """Where it stands among the others: time, sequence, rank, id."""
        return (self.t, self.sequence, self.rank, self.message_id)

    def __eq__(self, other: object) -> bool:
        """Compare what they say, not what Python thinks equal: `true` is not 1."""
        return isinstance(other, Entry) and self._identity == other._identity

    __hash__ = None  # type: ignore[assignment]

    @property
    def _identity(self) -> tuple[Order, bytes, bool, Masks]:
        return (self.order, self.content, self.elsewhere, self.masks)

    @property
    def content(self) -> bytes:
        """What it says, in one fixed form: decides between copies stamped alike."""
        return msgspec.json.encode(
            (self.sequence, self.rank, self.name, self.fields), order="deterministic"
        )


class History:
    """Entries in order, without copies.

    Of the copies of one message id, sorted by (t, content), each winner absorbs those up to
    24 h after itself. Every model decides that among the copies that mean something to it, so
    that no model's moments depend on which others run. Winners are `entries`; those absorbed by
    all are kept aside, because an earlier copy may yet come and change who wins. Ids below the
    cut are remembered, with a time a line, as long as they can still absorb.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.absorbed: list[Entry] = []
        self.remembered: dict[str, Times] = {}
        self._orders: list[Order] = []
        # When the winners of each id happened: one time, but for messages sent again days later.
        self._times: dict[str, tuple[int, ...]] = {}

    @classmethod
    def of(
        cls, entries: list[Entry], absorbed: list[Entry], remembered: dict[str, Times]
    ) -> History:
        """Take up a history where it was left."""
        history = cls()
        history.absorbed, history.remembered = absorbed, remembered
        history.entries = entries
        history._reindex()
        copied = {entry.message_id for entry in absorbed} | remembered.keys()
        copied |= history._repeated()
        for mine in copied:
            history._settle(mine, history._copies(mine))
        return history

    def insert(self, entry: Entry) -> int | None:
        """Put an entry in its place; give the first index that changed, None if nothing did."""
        if entry.message_id not in self._times:
            return self._place(entry)
        copies = self._copies(entry.message_id)
        if any(one.t == entry.t and one.content == entry.content for one in copies):
            return None
        return self._settle(entry.message_id, [*copies, entry])

    def count_before(self, t: int) -> int:
        """Count the entries with an event time below `t`."""
        return bisect_left(self._orders, (t,))

    def cut(self, limit: int) -> None:
        """Forget the entries below `limit` (ms, event time), remembering ids that still absorb."""
        n = self.count_before(limit)
        for entry in self.entries[:n]:
            known = self.remembered.get(entry.message_id, (NEVER,) * len(entry.masks))
            self.remembered[entry.message_id] = tuple(
                entry.t if mask else t for mask, t in zip(entry.masks, known, strict=True)
            )
        del self.entries[:n]
        self.absorbed = [entry for entry in self.absorbed if entry.t >= limit]
        self.remembered = {
            mine: times
            for mine, times in self.remembered.items()
            if max(times) >= limit - COPIES_WITHIN
        }
        self._reindex()

    def _place(self, entry: Entry) -> int:
        order = entry.order
        self._note(entry)
        if not self._orders or order > self._orders[-1]:
            self._orders.append(order)
            self.entries.append(entry)
            return len(self.entries) - 1
        at = bisect_left(self._orders, order)
        self._orders.insert(at, order)
        self.entries.insert(at, entry)
        return at

    def _copies(self, mine: str) -> list[Entry]:
        """Give all copies of a message, winners and absorbed."""
        won = [one for t in self._times[mine] for one in self._at(t) if one.message_id == mine]
        return won + [one for one in self.absorbed if one.message_id == mine]

    def _settle(self, mine: str, copies: list[Entry]) -> int | None:
        """Decide between the copies of a message; give the first index that changed."""
        winners, absorbed = _decided(copies, self.remembered.get(mine))
        before = [one for one in self._copies(mine) if one not in self.absorbed]
        self.absorbed = [one for one in self.absorbed if one.message_id != mine] + absorbed
        places = [self._remove(one) for one in before if one not in winners]
        places += [self._place(one) for one in winners if one not in before]
        return min(places, default=None)

    def _at(self, t: int) -> Iterator[Entry]:
        """Give the entries with an event time of `t`."""
        at = self.count_before(t)
        while at < len(self.entries) and self.entries[at].t == t:
            yield self.entries[at]
            at += 1

    def _remove(self, entry: Entry) -> int:
        at = bisect_left(self._orders, entry.order)
        # Copies stamped alike may both be here: each for the models that the other is nothing to.
        while self.entries[at] != entry:
            at += 1
        del self.entries[at], self._orders[at]
        mine = entry.message_id
        if all(one.message_id != mine for one in self._at(entry.t)):
            self._times[mine] = tuple(t for t in self._times[mine] if t != entry.t)
        return at

    def _note(self, entry: Entry) -> None:
        known = self._times.get(entry.message_id, ())
        if entry.t not in known:
            self._times[entry.message_id] = (*known, entry.t)

    def _repeated(self) -> set[str]:
        """Give the ids that stand more than once among the entries."""
        ids = [entry.message_id for entry in self.entries]
        if len(set(ids)) == len(ids):
            return set()
        return {mine for mine, count in Counter(ids).items() if count > 1}

    def _reindex(self) -> None:
        """Know every id: with the times of its winners here, or with none."""
        self._orders = [entry.order for entry in self.entries]
        self._times = dict.fromkeys(self.remembered, ())
        self._times |= dict.fromkeys((entry.message_id for entry in self.absorbed), ())
        for entry in self.entries:
            self._note(entry)


def _decided(copies: list[Entry], known: Times | None) -> tuple[list[Entry], list[Entry]]:
    """Give the winners, with the masks that count, and those absorbed for every model."""
    last = list(known or (NEVER,) * len(copies[0].means)) if copies else []
    winners: list[Entry] = []
    absorbed: list[Entry] = []
    for copy in sorted(copies, key=lambda one: (one.t, one.content)):
        counts = [
            bool(mask) and copy.t - t > COPIES_WITHIN
            for mask, t in zip(copy.means, last, strict=True)
        ]
        last = [copy.t if new else t for new, t in zip(counts, last, strict=True)]
        masks = tuple(mask * new for mask, new in zip(copy.means, counts, strict=True))
        settled = msgspec.structs.replace(copy, masks=masks)
        (winners if any(counts) else absorbed).append(settled)
    return winners, absorbed

"""What events mean to all models at once: one mask of signals a line of models."""

from __future__ import annotations

from bisect import bisect_right

from journey.event import ACCOUNT, Event, Fields
from journey.history import Masks
from journey.lines import ALWAYS, Line
from journey.tables import Predicate

_Test = tuple[Predicate, tuple[tuple[int, int], ...]]
"""A predicate, and the (line, bit) pairs that hold where it does."""

_Scope = tuple[bool | None, int]
"""Whether a subject is an account (None: person and account), and how many stamps are over."""

_ALL: _Scope = (None, -1)
"""The scope of what is kept as it is."""


class Meanings:
    """Gives the masks of an event, equal ones as one object; each predicate is asked once."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        self._lines = lines
        self._stamps = sorted({stamp for line in lines for stamp in line.stamps} - {ALWAYS})
        self._known: dict[str, tuple[Masks, tuple[_Test, ...]]] = {}
        self._interned: dict[tuple[Masks, _Scope], Masks] = {}
        self.nothing = self._interned.setdefault(((0,) * len(lines), _ALL), (0,) * len(lines))
        self.events = frozenset(
            name for line in lines for model in line.versions for name in model.events
        )

    def of(self, event: Event) -> Masks:
        """Give the masks of an event, a line each in their order; 0 means nothing."""
        elsewhere = event.account is not None
        return self.of_fields(event.subject, event.t, event.name, event.fields, elsewhere=elsewhere)

    def of_fields(
        self, subject: str, t: int, name: str, fields: Fields, *, elsewhere: bool
    ) -> Masks:
        """Give the masks of an event by its parts.

        To versions stamped after it, it is nothing. To an account only the models of accounts
        apply; to a person who has one, and so for whom they see it elsewhere, only the others.
        """
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._learn(name)
        masks, tests = known
        for predicate, bits in tests:
            if predicate(fields):
                more = list(masks)
                for at, bit in bits:
                    more[at] |= bit
                masks = tuple(more)
        of_account = True if subject.startswith(ACCOUNT) else False if elsewhere else None
        scope = (of_account, bisect_right(self._stamps, t))
        found = self._interned.get((masks, scope))
        return found if found is not None else self._intern(masks, scope, t)

    def _intern(self, masks: Masks, scope: _Scope, t: int) -> Masks:
        """Keep what applies to a subject, by the versions stamped up to `t`."""
        of_account, _ = scope
        kept = tuple(
            mask & line.known_at(t) if of_account in (None, line.subject == "account") else 0
            for mask, line in zip(masks, self._lines, strict=True)
        )
        same = self._interned.setdefault((kept, _ALL), kept)
        return self._interned.setdefault((masks, scope), same)

    def _learn(self, name: str) -> tuple[Masks, tuple[_Test, ...]]:
        """Find what every event of a name is, and what depends on its fields."""
        masks = [0] * len(self._lines)
        tests: dict[Predicate, list[tuple[int, int]]] = {}
        for line in self._lines:
            for place, model in enumerate(line.versions):
                for bit, predicate in model.matches_of(name):
                    joined = line.joined(place, bit)
                    if predicate is None:
                        masks[line.index] |= joined
                    else:
                        tests.setdefault(predicate, []).append((line.index, joined))
        return tuple(masks), tuple((test, tuple(bits)) for test, bits in tests.items())

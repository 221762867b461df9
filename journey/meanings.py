"""What events mean to all models at once: one mask of signals a model."""

from __future__ import annotations

from journey.event import ACCOUNT, Event, Fields
from journey.history import Masks
from journey.lines import Line
from journey.model import Predicate

_Test = tuple[Predicate, tuple[tuple[int, int], ...]]
"""A predicate, and the (model, bit) pairs that hold where it does."""


class Meanings:
    """Gives the masks of an event, equal ones as one object; each predicate is asked once."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        models = [model for line in lines for model in line.versions]
        self._models = models
        self._of_accounts = [model.subject == "account" for model in models]
        self._known: dict[str, tuple[Masks, tuple[_Test, ...]]] = {}
        self._interned: dict[tuple[Masks, bool | None], Masks] = {}
        self.nothing = self._intern((0,) * len(models), None)
        self.events = frozenset(name for model in models for name in model.events)

    def of(self, event: Event) -> Masks:
        """Give the masks of an event, a model each in the lines' order; 0 means nothing."""
        elsewhere = event.account is not None
        return self.of_fields(event.subject, event.name, event.fields, elsewhere=elsewhere)

    def of_fields(self, subject: str, name: str, fields: Fields, *, elsewhere: bool) -> Masks:
        """Give the masks of an event by its parts.

        To an account only the models of accounts apply; to a person who has one, and so for whom
        they see it elsewhere, only the others.
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
        found = self._interned.get((masks, of_account))
        return found if found is not None else self._intern(masks, of_account)

    def _intern(self, masks: Masks, of_account: bool | None) -> Masks:  # noqa: FBT001
        """Keep what applies: None for a subject that is both person and account."""
        kept = tuple(
            mask if of_account is None or applies is of_account else 0
            for mask, applies in zip(masks, self._of_accounts, strict=True)
        )
        same = self._interned.setdefault((kept, None), kept)
        return self._interned.setdefault((masks, of_account), same)

    def _learn(self, name: str) -> tuple[Masks, tuple[_Test, ...]]:
        """Find what every event of a name is, and what depends on its fields."""
        masks = [0] * len(self._models)
        tests: dict[Predicate, list[tuple[int, int]]] = {}
        for at, model in enumerate(self._models):
            for bit, predicate in model.matches_of(name):
                if predicate is None:
                    masks[at] |= bit
                else:
                    tests.setdefault(predicate, []).append((at, bit))
        return tuple(masks), tuple((test, tuple(bits)) for test, bits in tests.items())

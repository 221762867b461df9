"""A customer's journey: a base, the signals since, the fold of both, and what has been said."""

from __future__ import annotations

import msgspec

from journey.alerts import AlertKey, Tally, tally
from journey.fold import Fold
from journey.history import History
from journey.said import Alert
from journey.word import Word


class Spoken(msgspec.Struct, array_like=True):
    """The last word said on an instance, and how many were."""

    word: Word
    revision: int


class AlertState(msgspec.Struct, array_like=True):
    """What is known of an alert beyond the words still at hand.

    `settled` counts the instances that can no longer change, of the life that began at `born`
    (ms); `said` is the alert as last said, and `ages_at` (ms) when it resolves by age, None
    unless it is firing.
    """

    settled: Tally
    born: int | None
    said: Alert | None
    ages_at: int | None

    def settle(self, word: Word, born: int | None) -> None:
        """Count an instance that can no longer change; `born` is the life of the base."""
        if self.born != born:
            self.settled, self.born = Tally(), born
        if born is None or word.opened >= born:
            self.settled = tally(self.settled, [word])


class Journey:
    """The state of one subject; made and changed by the engine, owned by its caller.

    `clock` (ms) is how far the journey's deadlines have fired and never goes back.
    `folded` counts the entries of the history that are in `live`; later ones are ahead of
    the clock and wait. `checkpoints` are folds of the first n entries, for folding again.
    `changed_at` is the lowest index at which the history changed under what was folded, until
    it is folded again; None where nothing did.
    """

    __slots__ = (
        "alerts",
        "base",
        "changed_at",
        "checkpoints",
        "clock",
        "folded",
        "history",
        "live",
        "spoken",
        "subject",
    )

    def __init__(self, base: Fold) -> None:
        self.subject = base.subject
        self.clock = -1
        self.base = base
        self.history = History()
        self.live = base.copy()
        self.folded = 0
        self.changed_at: int | None = None
        self.checkpoints: list[tuple[int, Fold]] = []
        self.spoken: dict[str, Spoken] = {}
        self.alerts: dict[AlertKey, AlertState] = {}

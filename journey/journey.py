"""A customer's journey: a base, the signals since, the fold of both, and what has been said."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from journey.actions import NOTHING_DONE, Handling
from journey.alerts import AlertKey, Tally, tally
from journey.fold import Fold
from journey.history import History
from journey.said import Alert
from journey.word import RETRACTED, Word

CHECKPOINT_EVERY = 32


class Spoken(msgspec.Struct, array_like=True, gc=False):
    """The last word said on an instance, and how many were."""

    word: Word
    revision: int


class AlertState(msgspec.Struct, array_like=True):
    """What is known of an alert beyond the words still at hand.

    `settled` counts the instances that can no longer change, of the life that began at `born`
    (ms). `said` is the alert as last said, so since `at` (ms); `due` is when the clock alone
    changes it, None where it does not. `heard` are the ids of the latest actions on it.
    """

    settled: Tally = Tally()
    born: int | None = None
    said: Alert | None = None
    at: int = -1
    due: int | None = None
    handling: Handling = NOTHING_DONE
    heard: tuple[str, ...] = ()

    def settle(self, word: Word, born: int | None) -> None:
        """Count an instance that can no longer change, of the life that began at `born` (ms)."""
        if born is None or (self.born is not None and born < self.born) or word.to == RETRACTED:
            return
        if self.born != born:
            self.settled, self.born = Tally(), born
        self.settled = tally(self.settled, [word])


class Journey:
    """The state of one subject; made and changed by the engine, owned by its caller.

    `clock` (ms) is how far the journey's deadlines have fired and never goes back. `heard` (ms)
    is the latest arrival of an event or copy. `folded` counts the entries of the history that
    are in `live`; later ones are ahead of both, or a deadline comes first, and wait.
    `checkpoints` are folds of the first n entries, for folding again.
    `changed_at` is the lowest index at which the history changed under what was folded, until
    it is folded again; None where nothing did. `instances_of` has the instances of each alert
    on which a word is at hand; `next_age` (ms) is no later than the clock next changes an alert.
    `written_base` is the base as it was last written, until it changes, and `base_due` its next
    deadline (ms): nearly all events need no more of it, so it is read when it is asked for.
    """

    __slots__ = (
        "_base",
        "alerts",
        "base_due",
        "changed_at",
        "checkpoints",
        "clock",
        "folded",
        "heard",
        "history",
        "instances_of",
        "live",
        "next_age",
        "next_checkpoint",
        "spoken",
        "subject",
        "written_base",
    )

    def __init__(self, live: Fold) -> None:
        self.subject = live.subject
        self.clock = -1
        self.heard = -1
        self._base: Fold | Callable[[], Fold] = Fold(live.subject)
        self.base_due: int | None = None
        self.history = History()
        self.live = live
        self.folded = 0
        self.changed_at: int | None = None
        self.checkpoints: list[tuple[int, Fold]] = []
        self.spoken: dict[str, Spoken] = {}
        self.alerts: dict[AlertKey, AlertState] = {}
        self.instances_of: dict[AlertKey, dict[str, None]] = {}
        self.next_age: int | None = None
        self.next_checkpoint = CHECKPOINT_EVERY
        self.written_base: msgspec.Raw | None = None

    @property
    def reached(self) -> int:
        """How far the journey has come, ms: to its clock, or to what is folded ahead of it."""
        if not self.folded:
            return self.clock
        return max(self.clock, self.history.entries[self.folded - 1].t)

    @property
    def base(self) -> Fold:
        """The fold of all that was cut from the history."""
        if not isinstance(self._base, Fold):
            self._base = self._base()
        return self._base

    def rest_on(self, base: Fold) -> None:
        """Take another fold as the base."""
        self._base, self.written_base = base, None
        self.base_due = base.timers[0][0] if base.timers else None

    def rest_on_written(
        self, written: msgspec.Raw, due: int | None, read: Callable[[], Fold]
    ) -> None:
        """Take as the base what was written; `due` (ms) is its next deadline."""
        self._base, self.written_base, self.base_due = read, written, due

    def take_up(self, spoken: Spoken) -> None:
        """Know the last word said on an instance."""
        word = spoken.word
        self.spoken[word.instance] = spoken
        if word.moment is not None:
            key = (word.model, word.moment, word.key)
            self.instances_of.setdefault(key, {})[word.instance] = None

    def forget(self, word: Word) -> None:
        """Forget a word that nothing can change any more."""
        del self.spoken[word.instance]
        key = (word.model, word.moment or "", word.key)
        instances = self.instances_of[key]
        del instances[word.instance]
        if not instances:
            del self.instances_of[key]

    def words_of(self, key: AlertKey) -> list[Word]:
        """Give the last words on the instances of an alert."""
        return [self.spoken[instance].word for instance in self.instances_of.get(key, ())]

"""The rules of the fold: what a signal and a deadline do to a subject's moments and stages."""

from __future__ import annotations

from heapq import heappop, heappush

from journey.addressing import addressed, counted, keep
from journey.fold import RISK, Fold, ModelFold, Timer
from journey.history import Entry
from journey.model import Model, Moment
from journey.moments import Happening, opened, rung, taken
from journey.word import CLOSED, Instance, Ref, Word
from journey.words import moment_word, stage_word

_FIRES = (
    ("at_risk", "at-risk-before"),
    ("met", "met-quiet"),
    ("missed", "missed-late"),
    ("lapsed", "lapsed"),
)
"""State and reason by kind of timer: RISK, QUIET, DUE, LAPSE."""


class Rules:
    """The rules for one kind of subject, over all models. Stateless: a fold is given and changed.

    `life` is how long a subject lives after its last signal, in ms; `currency` is for values
    that come without one.
    """

    def __init__(self, models: tuple[Model, ...], life: int, currency: str) -> None:
        self._models = models
        self._life = life
        self._currency = currency

    def empty(self, subject: str) -> Fold:
        """Make the fold of no signals."""
        return Fold(subject, self._blank(), [], {})

    def ends(self, fold: Fold) -> int | None:
        """Say when the subject's life ends if nothing else comes."""
        return None if fold.last_t is None else fold.last_t + self._life

    def next_deadline(self, fold: Fold) -> int | None:
        """Say when the next deadline may fire: never later than it does."""
        ends = self.ends(fold)
        if fold.timers and ends is not None:
            return min(fold.timers[0][0], ends)
        return ends

    def apply(self, fold: Fold, entry: Entry, said: list[Word]) -> None:
        """Fold one entry: first the deadlines before it, then what it means. Appends to `said`."""
        self.fire(fold, entry.t - 1, said)
        if fold.last_t is None:
            fold.born = entry.t
        fold.last_t = entry.t
        for at, mask in enumerate(entry.masks):
            if mask:
                self._signals(fold, at, mask, entry, said)

    def fire(self, fold: Fold, until: int, said: list[Word]) -> None:
        """Fire the deadlines up to and including `until` (ms, event time), in their order."""
        while (due := self.next_deadline(fold)) is not None and due <= until:
            if fold.timers and fold.timers[0][0] == due:
                self._ring(fold, heappop(fold.timers), said)
            else:
                self._end_life(fold, due, said)

    def _signals(self, fold: Fold, at: int, mask: int, entry: Entry, said: list[Word]) -> None:
        model, part = self._models[at], fold.models[at]
        if part.stage is None:
            first = Ref(entry.message_id, entry.name, entry.t, "first")
            stage = model.stages[0]
            word = stage_word(model, fold.subject, stage, entry.t, "first signal", first)
            _move(fold, part, word, said)
        for moment in model.touched(mask):
            happening = Happening.of(model, moment, mask, entry, self._currency)
            self._happen(fold, at, moment, happening, said)

    def _happen(
        self, fold: Fold, at: int, moment: Moment, happening: Happening, said: list[Word]
    ) -> None:
        """Let a moment take what happened: its open instance first, else a new one."""
        closed = self._take(fold, at, moment, happening, said)
        if happening.mask & (moment.opens | moment.counted) and not closed:
            self._open(fold, at, moment, happening, said)

    def _take(
        self, fold: Fold, at: int, moment: Moment, happening: Happening, said: list[Word]
    ) -> bool:
        """Let the instance that a signal belongs to take it; True when that closed it."""
        instance = addressed(fold.models[at], moment, happening.key)
        if instance is None:
            return False
        after, why = taken(instance, moment, happening)
        if after is instance:
            return False
        keep(fold.models[at], moment, after)
        if why:
            self._tell(fold, at, moment, after, why, said)
        return after.state in CLOSED

    def _open(
        self, fold: Fold, at: int, moment: Moment, happening: Happening, said: list[Word]
    ) -> None:
        part = fold.models[at]
        if happening.key in part.open[moment.index]:
            return
        refs, why = counted(part, moment, happening)
        if not refs:
            return
        part.counted[moment.index].pop(happening.key, None)
        instance = opened(fold.subject, moment, happening, refs)
        keep(part, moment, instance)
        fold.arm(at, moment.index, instance)
        self._tell(fold, at, moment, instance, why, said)
        if moment.stage is not None and moment.stage != part.stage:
            model, reason = self._models[at], f"{moment.name} opened"
            word = stage_word(model, fold.subject, moment.stage, happening.t, reason, refs[-1])
            _move(fold, part, word, said)

    def _ring(self, fold: Fold, timer: Timer, said: list[Word]) -> None:
        time, kind, at, index, key, instance_id = timer
        part, moment = fold.models[at], self._models[at].moments[index]
        instance = part.open[index].get(key or None)
        if instance is None or instance.id != instance_id:
            return
        actual = (instance.risk, instance.quiet, instance.due, instance.lapse)[kind]
        if actual is not None and actual > time:
            # Timers only ever move later: the old place in the heap leads to the new one.
            heappush(fold.timers, (actual, *timer[1:]))
            return
        if kind == RISK and instance.state != "open":
            return
        fold.fired = time
        state, reason = _FIRES[kind]
        after = rung(instance, moment, state, time)
        keep(part, moment, after)
        self._tell(fold, at, moment, after, moment.reasons[reason], said)

    def _tell(
        self, fold: Fold, at: int, moment: Moment, instance: Instance, why: str, said: list[Word]
    ) -> None:
        """Say what became of an instance, and let the moments that look at it follow."""
        self._say(fold, at, instance, why, said)
        model = self._models[at]
        bit = model.outcomes.get((moment.index, instance.state), 0)
        for follower in model.touched(bit) if bit else ():
            happening = Happening.after(model, follower, bit, moment, instance)
            self._happen(fold, at, follower, happening, said)

    def _end_life(self, fold: Fold, time: int, said: list[Word]) -> None:
        """Lapse what is open and forget the rest: a later signal begins a new life."""
        fold.fired = time
        for at, (model, part) in enumerate(zip(self._models, fold.models, strict=True)):
            for moment, instances in zip(model.moments, part.open, strict=True):
                for instance in instances.values():
                    lapsed = rung(instance, moment, "lapsed", time)
                    self._say(fold, at, lapsed, "nothing was heard of the customer", said)
        fold.models = self._blank()
        fold.timers = []
        fold.last_t = None

    def _blank(self) -> list[ModelFold]:
        return [ModelFold.empty(len(model.moments)) for model in self._models]

    def _say(self, fold: Fold, at: int, instance: Instance, why: str, said: list[Word]) -> None:
        _add(fold, moment_word(self._models[at], instance, why), said)


def _move(fold: Fold, part: ModelFold, word: Word, said: list[Word]) -> None:
    """Move the subject to the stage that the word says."""
    part.stage, part.since = word.to, word.at
    _add(fold, word, said)


def _add(fold: Fold, word: Word, said: list[Word]) -> None:
    fold.words[word.instance] = word
    said.append(word)

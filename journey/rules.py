"""The rules of the fold: what a signal and a deadline do to a subject's moments and stages."""

from __future__ import annotations

from heapq import heappop, heappush

from journey import facts, scores
from journey.cause import Cause
from journey.fold import LIFE, SILENCE, Fold, Part, Timer
from journey.history import Entry, Masks
from journey.instances import Instances
from journey.lines import Line
from journey.model import Plan
from journey.states import all_hold
from journey.word import Word
from journey.words import stage_word

Versions = tuple[tuple[int, int], ...]
"""(place in the line, mask) of the versions to which an event means something, latest first."""


class Rules:
    """The rules for one kind of subject, over all models. Stateless: a fold is given and changed.

    `life` is how long a subject lives after its last signal, in ms; `currency` is for values
    that come without one.
    """

    def __init__(self, lines: tuple[Line, ...], life: int, currency: str) -> None:
        self._lines = lines
        self._life = life
        self._currency = currency
        self._instances = Instances(self._happen)
        self._concerned: dict[Masks, tuple[tuple[Line, Versions], ...]] = {}

    def empty(self, subject: str) -> Fold:
        """Make the fold of no signals."""
        return Fold(subject)

    def next_deadline(self, fold: Fold) -> int | None:
        """Say when the next deadline may fire: never later than it does."""
        return fold.timers[0][0] if fold.timers else None

    def apply(self, fold: Fold, entry: Entry, said: list[Word]) -> None:
        """Fold one entry: first the deadlines before it, then what it means. Appends to `said`."""
        if fold.timers and fold.timers[0][0] < entry.t:
            self.fire(fold, entry.t - 1, said)
        if not fold.parts:
            fold.parts = [Part(line.name) for line in self._lines]
        for line, versions in self._concerned.get(entry.masks) or self._concern(entry.masks):
            in_force = line.at(entry.t)
            if in_force >= versions[-1][0]:
                self._signal(fold, line, versions, in_force, entry, said)

    def fire(self, fold: Fold, until: int, said: list[Word]) -> None:
        """Fire the deadlines up to and including `until` (ms, event time), in their order."""
        while fold.timers and fold.timers[0][0] <= until:
            timer = heappop(fold.timers)
            line = self._lines[timer[2]]
            if timer[1] == LIFE:
                self._end_life(fold, line, timer, said)
            else:
                self._instances.ring(fold, line, timer, said)

    def arm(self, fold: Fold) -> None:
        """Put all that the clock will do where it finds it; the fold was read, without timers."""
        for line, part in zip(self._lines, fold.parts, strict=True):
            if part.last_t is not None:
                timer = (part.last_t + self._life, LIFE, line.index, 0, "", "", 0)
                heappush(fold.timers, timer)
            for instances in part.open.values():
                for instance in instances.values():
                    version = line.place_of(instance.version)
                    moment = line.versions[version].place_of(instance.moment)
                    fold.arm(line.index, moment, version, instance)
            for name, by_key in part.armed.items():
                moment = line.versions[part.version].place_of(name)
                for key, (at, _) in by_key.items():
                    timer = (at, SILENCE, line.index, moment, key or "", "", part.version)
                    heappush(fold.timers, timer)

    def _signal(
        self,
        fold: Fold,
        line: Line,
        versions: Versions,
        in_force: int,
        entry: Entry,
        said: list[Word],
    ) -> None:
        part = fold.parts[line.index]
        part.come_into_force(in_force)
        if part.last_t is None:
            part.born = entry.t
            timer = (entry.t + self._life, LIFE, line.index, 0, "", "", 0)
            heappush(fold.timers, timer)
        part.last_t = entry.t
        for version, mask in versions:
            if version <= in_force:
                model = line.versions[version]
                cause = Cause.of_event(model, mask, entry, self._currency)
                if part.stage is None:
                    first = line.versions[in_force]
                    word = stage_word(
                        first,
                        fold.subject,
                        first.stages[0],
                        entry.t,
                        "first signal",
                        cause.cite("first"),
                    )
                    _enter(fold, part, word, said)
                self._happen(fold, line, version, cause, said)

    def _happen(self, fold: Fold, line: Line, version: int, cause: Cause, said: list[Word]) -> None:
        """Let one version of a model take what has happened."""
        part = fold.parts[line.index]
        plan = cause.model.plan(cause.mask)
        in_force = version == part.version
        if in_force:
            _learn(part, plan, cause, cause.mask)
        if plan.derived:
            plan = self._derive(part, cause, in_force=in_force)
        for moment in plan.moments:
            if moment.index > cause.above:
                self._instances.happen(fold, line, version, moment, cause, said)
        if in_force and plan.stages:
            _move(fold, part, plan, cause, said)

    def _derive(self, part: Part, cause: Cause, *, in_force: bool) -> Plan:
        """Add the derived signals that hold, each known before the next is asked for."""
        model = cause.model
        for bit, signal in model.derived:
            if signal.of & cause.mask and all_hold(model, signal.when, part, cause, cause.t):
                cause.mask |= bit
                if in_force:
                    _learn(part, model.plan(bit), cause, bit)
        return model.plan(cause.mask)

    def _end_life(self, fold: Fold, line: Line, timer: Timer, said: list[Word]) -> None:
        """Lapse what is open and forget the rest: a later signal begins a new life."""
        time, part = timer[0], fold.parts[line.index]
        assert part.last_t is not None, "each life has one timer"
        if part.last_t + self._life > time:
            heappush(fold.timers, (part.last_t + self._life, *timer[1:]))
            return
        fold.fired = time
        self._instances.end(fold, line, time, said)
        fold.parts[line.index] = Part(line.name, part.version, born=part.born)
        # What is left of an ordered list is in order, and so a heap.
        fold.timers = sorted(one for one in fold.timers if one[2] != line.index)

    def _concern(self, masks: Masks) -> tuple[tuple[Line, Versions], ...]:
        """Give the lines to which signals mean something, with those of each version."""
        found: list[tuple[Line, Versions]] = []
        at = 0
        for line in self._lines:
            own = masks[at : at + len(line.versions)]
            at += len(line.versions)
            versions = tuple((place, mask) for place, mask in enumerate(own) if mask)[::-1]
            if versions:
                found.append((line, versions))
        self._concerned[masks] = tuple(found)
        return self._concerned[masks]


def _learn(part: Part, plan: Plan, cause: Cause, mask: int) -> None:
    for fact in plan.facts:
        facts.learn(part, fact, cause, mask)
    for score in plan.scores:
        scores.move(part, score, cause, mask)


def _move(fold: Fold, part: Part, plan: Plan, cause: Cause, said: list[Word]) -> None:
    """Come to the furthest stage that what has happened leads to from here."""
    model = cause.model
    here = model.stages.index(part.stage) if part.stage in model.stages else None
    for rule in reversed(plan.stages):
        if here is None or here in rule.start:
            why = " and ".join(model.names_of(cause.mask & rule.on))
            stage = model.stages[rule.place]
            if stage != part.stage:
                ref = cause.cite("moved")
                _enter(
                    fold, part, stage_word(model, fold.subject, stage, cause.t, why, ref), said
                )
            return


def _enter(fold: Fold, part: Part, word: Word, said: list[Word]) -> None:
    part.stage, part.since = word.to, word.at
    fold.words[word.instance] = word
    said.append(word)

"""The rules of the fold: what a signal and a deadline do to a subject's moments and stages."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from journey import instances
from journey.cause import Plan, PlanOf, Scene, of_event
from journey.event import Fields
from journey.fold import LIFE, SILENCE, Fold, Part, Timer
from journey.history import Entry, Masks
from journey.lines import Line
from journey.plans import plans_of
from journey.word import Word
from journey.words import stage_word

Versions = tuple[tuple[int, int, Plan], ...]
"""(place in the line, mask, plan) of the versions to which an event is something, latest first."""

Concerned = tuple[Line, Versions, tuple[PlanOf, ...], list[int]]
"""A line to which an event means something, such versions, and all their plans and masks."""

_NOTHING: Fields = {}
_LIVES_KNOWN = 15
_MOST_KINDS = 2_048
"""Of so many kinds of events it is known whom they concern."""


class Rules:
    """The rules for one kind of subject, over all models. Stateless: a fold is given and changed.

    `life` is how long a subject lives after its last signal, in ms; `currency` is for values
    that come without one.
    """

    def __init__(self, lines: tuple[Line, ...], life: int, currency: str) -> None:
        self._lines = lines
        self._life = life
        self._currency = currency
        self._concerned: dict[tuple[Masks, tuple[str, ...]], tuple[Concerned, ...]] = {}
        self._by_clock = [_plans(line, ()) for line in lines]

    def empty(self, subject: str) -> Fold:
        """Make the fold of no signals."""
        return Fold(subject)

    def next_deadline(self, fold: Fold, before: int) -> int | None:
        """Say when the next deadline is due that stands before an instant (ms), if there is one.

        Those that stand no more are passed over, and those that have moved go where they are now.
        """
        timers = fold.timers
        while timers and timers[0][0] < before:
            timer = timers[0]
            due = self._due(fold, timer)
            if due == timer[0]:
                return due
            heappop(timers)
            if due is not None:
                heappush(timers, (due, *timer[1:]))
        return None

    def apply(self, fold: Fold, entry: Entry, said: list[Word]) -> None:
        """Fold one entry: first the deadlines before it, then what it means. Appends to `said`."""
        if fold.timers and fold.timers[0][0] < entry.t:
            self.fire(fold, entry.t - 1, said)
        if not fold.parts:
            fold.parts = [Part(line.name) for line in self._lines]
        fields = entry.fields
        kind = (entry.masks, tuple(fields))
        for line, versions, plans, held in self._concerned.get(kind) or self._concern(*kind):
            part, in_force = fold.parts[line.index], line.at(entry.t)
            if in_force != part.version:
                part.come_into_force(in_force)
            scene = Scene(fold, line, part, said, self._currency, fields, plans, held.copy())
            self._signal(scene, versions, entry)

    def fire(self, fold: Fold, until: int, said: list[Word]) -> None:
        """Fire the deadlines up to and including `until` (ms, event time), in their order."""
        while self.next_deadline(fold, until + 1) is not None:
            timer = heappop(fold.timers)
            line = self._lines[timer[2]]
            part = fold.parts[line.index]
            held = [0] * len(line.versions)
            plans = self._by_clock[line.index]
            scene = Scene(fold, line, part, said, self._currency, _NOTHING, plans, held)
            if timer[1] == LIFE:
                self._end_life(scene, timer)
            else:
                instances.ring(scene, timer)

    def arm(self, fold: Fold) -> None:
        """Put all that the clock will do where it finds it; the fold was read, without timers."""
        for line, part in zip(self._lines, fold.parts, strict=True):
            if part.last_t is not None:
                self._live_on(fold, line, part.last_t)
            for by_key in part.open.values():
                for instance in by_key.values():
                    version = line.place_of(instance.version)
                    moment = line.versions[version].place_of(instance.moment)
                    fold.arm(line.index, moment, version, instance)
            for name, armed in part.armed.items():
                moment = line.versions[part.version].place_of(name)
                for key, (at, _) in armed.items():
                    timer = (at, SILENCE, line.index, moment, key or "", "", part.version)
                    heappush(fold.timers, timer)

    def _signal(self, scene: Scene, versions: Versions, entry: Entry) -> None:
        """Let the versions of a model, latest first, to which it is something take an event."""
        part, line = scene.part, scene.line
        if part.last_t is None:
            part.lives = (*part.lives[-_LIVES_KNOWN:], entry.t)
            self._live_on(scene.fold, line, entry.t)
        part.last_t = entry.t
        causes = [of_event(scene, *version, entry) for version in versions]
        if part.stage is None:
            model, first = line.versions[part.version], causes[0].cite("first")
            stage, why = model.stages[0], "first signal"
            causes[0].move(stage_word(model, scene.fold.subject, stage, entry.t, why, first))
        instances.happen(causes)

    def _live_on(self, fold: Fold, line: Line, t: int) -> None:
        heappush(fold.timers, (t + self._life, LIFE, line.index, 0, "", "", 0))

    def _due(self, fold: Fold, timer: Timer) -> int | None:
        """Say when a deadline is due by now, ms; None where it stands no more."""
        line, part = self._lines[timer[2]], fold.parts[timer[2]]
        if timer[1] != LIFE:
            return instances.due(line, part, timer)
        assert part.last_t is not None, "each life has one timer"
        return part.last_t + self._life

    def _end_life(self, scene: Scene, timer: Timer) -> None:
        """Lapse what is open and forget the rest: a later signal begins a new life."""
        time, fold, part = timer[0], scene.fold, scene.part
        fold.fired = time
        instances.end(scene, time)
        fold.parts[scene.line.index] = Part(part.name, scene.line.at(time), lives=part.lives)
        # What is left of an ordered list is in order, and so a heap.
        fold.timers = sorted(one for one in fold.timers if one[2] != scene.line.index)

    def _concern(self, masks: Masks, fields: tuple[str, ...]) -> tuple[Concerned, ...]:
        """Give the lines to which events of a kind mean something, with those of each version."""
        if len(self._concerned) >= _MOST_KINDS:
            self._concerned.clear()
        found = tuple(
            _concerned(line, mask, _plans(line, fields))
            for line, mask in zip(self._lines, masks, strict=True)
            if mask
        )
        self._concerned[masks, fields] = found
        return found


def _concerned(line: Line, mask: int, plans: tuple[PlanOf, ...]) -> Concerned:
    own = line.parted(mask)
    held = [0] * len(line.versions)
    for place, signals in own:
        held[place] = signals
    versions = tuple((place, signals, plans[place](signals, signals)) for place, signals in own)
    return line, versions, plans, held


def _plans(line: Line, fields: Iterable[str]) -> tuple[PlanOf, ...]:
    return tuple(plans_of(model, fields) for model in line.versions)

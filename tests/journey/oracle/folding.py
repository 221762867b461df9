"""The fold: events in order, the deadlines between them, and what follows from each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from journey.engine import EngineSettings
from journey.event import Event
from journey.instant import DAY
from journey.model import Model
from tests.journey.oracle import reading
from tests.journey.oracle.asking import all_hold
from tests.journey.oracle.knowing import learn
from tests.journey.oracle.moments import Moments
from tests.journey.oracle.saying import Firings, Said, Speech
from tests.journey.oracle.state import Cause, Cited, Hand, Instance, Memory, Version

_KINDS = ["risk", "quiet", "due", "lapse", "silence"]
_Timer = tuple[int, int, int, str, str, int, Instance | None]


class Oracle:
    """Folds the admitted events of one subject under one model, up to a clock.

    `versions` are those of the model with their stamps (ms), in order; the first has none.
    `lives` counts those that have ended, `waiting` are the events that are ahead of the clock.
    """

    def __init__(
        self,
        versions: Sequence[tuple[Model, int | None]],
        settings: EngineSettings,
        subject: str,
    ) -> None:
        self.versions = [Version(model, stamp, at) for at, (model, stamp) in enumerate(versions)]
        self.settings = settings
        self.subject = subject
        self.speech = Speech(subject)
        self.active = self.versions[0]
        self.lives = 0
        self.waiting: list[Event] = []
        self.moments = Moments(subject, settings.currency, self._tell)

    @property
    def firings(self) -> Firings:
        """Which instances somebody is alerted to, when and in which state."""
        return self.speech.firings

    @property
    def memory(self) -> Memory:
        """What is known in this life."""
        return self.moments.memory

    def fold(self, events: Sequence[Event], clock: int) -> Said:
        """Give the last word on every instance, in the form of a transition."""
        signals = [event for event in events if self.is_signal(event)]
        self.waiting = sorted(originals(signals), key=_order)
        while self.waiting and self.waiting[0].t <= clock:
            self._run(self.waiting[0].t - 1)
            self.take_next()
        self._run(clock)
        return self.speech.words

    def take_next(self) -> None:
        """Fold the first of the events that are ahead of the clock."""
        event = self.waiting.pop(0)
        self._switch(event.t)
        self._take(event)

    def is_deadline_before(self, t: int) -> bool:
        """Say whether the clock has to do something before an instant (ms)."""
        ends = self._life_ends()
        return (ends is not None and ends < t) or any(
            at < t and (one is not None or self._in_force_at(at) is self.active)
            for at, *_, one in self._timers()
        )

    def is_signal(self, event: Event) -> bool:
        """Say whether an event is admitted and means something."""
        return self._is_admitted(event) and self._means_something(event)

    def _is_admitted(self, event: Event) -> bool:
        return event.a - self.settings.lateness <= event.t <= event.a + self.settings.skew

    def _means_something(self, event: Event) -> bool:
        """Say whether an event means something to a version that may be in use at its time."""
        return any(
            version.model.signals_of(event.name, event.fields)
            for version in self.versions
            if version.stamp is None or version.stamp <= event.t
        )

    def _run(self, until: int) -> None:
        """Let the clock run: deadlines fire, and new versions come into force."""
        for version in self.versions:
            if version.stamp is not None and version.stamp <= until:
                self._fire(version.stamp - 1)
                self._switch(version.stamp)
        self._fire(until)

    def _switch(self, at: int) -> None:
        """Put the version in force that is so from an instant on."""
        latest = self._in_force_at(at)
        if latest.place > self.active.place:
            self.active = latest
            self.memory.counted, self.memory.chains, self.memory.silences = {}, {}, {}

    def _in_force_at(self, at: int) -> Version:
        return [one for one in self.versions if one.stamp is None or one.stamp <= at][-1]

    def _fire(self, until: int) -> None:
        while True:
            due = min(self._timers(), key=lambda timer: timer[:6], default=None)
            ends = self._life_ends()
            if due is not None and due[0] <= until and (ends is None or due[0] <= ends):
                self._ring(due)
            elif ends is not None and ends <= until:
                self._end_life(ends)
            else:
                return

    def _timers(self) -> list[_Timer]:
        found: list[_Timer] = []
        for one in self.memory.open:
            place = (one.moment.index, one.key or "", one.id, one.version.place)
            found += [(at, _KINDS.index(kind), *place, one) for kind, at in one.timers()]
        for (name, key), (at, _) in self.memory.silences.items():
            moment = self.active.moment(name)
            assert moment is not None
            keyed = 0 if key is None else 1
            found.append((at, len(_KINDS) - 1, moment.index, key or "", "", keyed, None))
        return found

    def _ring(self, timer: _Timer) -> None:
        at, kind, index, key, _, keyed, one = timer
        if one is not None:
            self.moments.fire(one, _KINDS[kind], at, self.active)
        else:
            moment = self.active.model.moments[index]
            self.moments.break_silence(moment, key if keyed else None, self.active)

    def _life_ends(self) -> int | None:
        anonymous = self.subject.startswith("anon:")
        life = self.settings.anonymous_life if anonymous else self.settings.known_life
        return None if self.memory.last_t is None else self.memory.last_t + life

    def _end_life(self, at: int) -> None:
        """Lapse what is open and forget the rest. Nothing follows from it."""
        in_order = sorted(self.memory.open, key=lambda one: (one.moment.index, one.opened))
        for one in in_order:
            one.state = "lapsed"
            cause = Cause(one.version, 0, at, Hand(), one.evidence[-1][:3], one.id)
            self.speech.moment(self.memory, one, cause, "nothing was heard of the customer")
        self.moments.memory = Memory()
        self.lives += 1

    def _take(self, event: Event) -> None:
        cited = (event.message_id, event.name, event.t)
        self.memory.last_t = event.t
        if self.memory.stage is None:
            first = self.active.model.stages[0]
            self._enter(first, event.t, "first signal", [(*cited, "first")])
        hand = Hand(event)
        for version in self.versions[: self.active.place + 1]:
            hand.held[version.place] = version.model.signals_of(event.name, event.fields)
        causes = [
            Cause(version, hand.held[version.place], event.t, hand, cited, event.message_id)
            for version in self.versions[: self.active.place + 1]
        ]
        self._happen(causes, None)

    def _tell(self, one: Instance, cause: Cause, why: str) -> None:
        """Say what became of an instance, and let everything below follow from it."""
        self.speech.moment(self.memory, one, cause, why)
        by_event = cause.hand.event is not None
        causes = [
            Cause(
                version,
                version.model.outcome(moment.index, one.state),
                cause.t,
                cause.hand,
                one.evidence[-1][:3],
                cause.opening if by_event else one.id,
                one,
            )
            for version in self.versions[: self.active.place + 1]
            if (moment := version.moment(one.moment.name)) is not None
        ]
        self._happen(causes, one)

    def _happen(self, causes: list[Cause], source: Instance | None) -> None:
        """Let facts, scores, derived signals, moments and stages take what holds, in this order.

        There is a cause for each version; those that are no longer in force only see to their
        open instances.
        """
        for cause in reversed(causes):
            self._derive(cause, learns=cause.version is self.active)
        closed: set[str] = set()
        for cause in causes:
            above = -1
            if source is not None:
                mine = cause.version.moment(source.moment.name)
                above = -1 if mine is None else mine.index
            for moment in cause.version.model.moments[above + 1 :]:
                if self.moments.take(moment, cause, self.active, moment.name in closed):
                    closed.add(moment.name)
            if cause.version is self.active:
                self._progress(cause)

    def _derive(self, cause: Cause, *, learns: bool) -> None:
        """Add the derived signals that hold too; facts and scores take each thing at once."""
        currency = self.settings.currency
        if learns and cause.mask:
            learn(self.memory, cause, cause.mask, currency)
        for at, signal in enumerate(cause.version.model.signals):
            if signal.of & cause.mask and all_hold(self.memory, cause, signal.when):
                cause.mask |= 1 << at
                if cause.parent is None:
                    cause.hand.held[cause.version.place] = cause.mask
                if learns:
                    learn(self.memory, cause, 1 << at, currency)

    def _progress(self, cause: Cause) -> None:
        """Move to the furthest stage that what holds leads to."""
        model = self.active.model
        known = self.memory.stage in model.stages
        rules = [
            rule
            for rule in model.stage_rules
            if rule.on & cause.mask
            and (not known or model.stages.index(str(self.memory.stage)) in rule.start)
        ]
        if not rules:
            return
        place = max(rule.place for rule in rules)
        if model.stages[place] != self.memory.stage:
            on = 0
            for rule in rules:
                on |= rule.on if rule.place == place else 0
            names = reading.names(model, cause.mask & on)
            self._enter(model.stages[place], cause.t, names, [(*cause.cited, "entered")])

    def _enter(self, stage: str, at: int, why: str, evidence: list[Cited]) -> None:
        self.memory.stage = stage
        self.speech.stage(self.active, stage, at, why, evidence)


def originals(events: Sequence[Event]) -> list[Event]:
    """Drop the copies: of each message id, the first absorbs those up to 24 h after itself."""
    kept: list[Event] = []
    last: dict[str, int] = {}
    for event in sorted(events, key=lambda one: (one.t, _content(one))):
        known = last.get(event.message_id)
        if known is None or event.t - known > DAY:
            last[event.message_id] = event.t
            kept.append(event)
    return kept


def _order(event: Event) -> tuple[int, int, int, str]:
    return (event.t, event.sequence, event.rank, event.message_id)


def _content(event: Event) -> bytes:
    parts = (event.sequence, event.rank, event.name, event.fields)
    return msgspec.json.encode(parts, order="deterministic")

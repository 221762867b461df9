"""What signals and deadlines do to the instances of the moments, and what follows from that."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush

from journey import clocks, openings
from journey.cause import Cause
from journey.firing import alert
from journey.fold import DUE, RISK, SILENCE, Fold, Timer
from journey.lines import Line
from journey.model import Moment
from journey.moments import addressed, closes, keep, label, made, noted, turned
from journey.word import CLOSED, Instance, Ref, Word
from journey.words import moment_word

Happen = Callable[[Fold, Line, int, Cause, list[Word]], None]

_FIRES = (
    ("at_risk", "at-risk-before"),
    ("met", "met-quiet"),
    ("missed", "missed-late"),
    ("lapsed", "lapsed"),
)
"""State and reason by kind of timer: RISK, QUIET, DUE, LAPSE."""


class Instances:
    """The rules of instances; `happen` lets a model take what became of one. Stateless."""

    def __init__(self, happen: Happen) -> None:
        self._let_happen = happen

    def happen(
        self,
        fold: Fold,
        line: Line,
        version: int,
        moment: Moment,
        cause: Cause,
        said: list[Word],
    ) -> None:
        """Let a moment take what happened: its open instance first, else a new one."""
        part = fold.parts[line.index]
        key = None if moment.key is None else cause.key(moment)
        instance = addressed(part, moment, key)
        closed = (
            instance is not None
            and instance.version == cause.model.version
            and self._take(fold, line, moment, instance, cause, said)
        )
        if version != part.version or not cause.mask & moment.opening:
            return
        if cause.mask & (moment.since | moment.without):
            openings.listen(fold, part, line.index, moment, key, cause)
        if not closed and key not in part.open.get(moment.name, ()):
            self._open(fold, line, moment, key, cause, said)

    def ring(self, fold: Fold, line: Line, timer: Timer, said: list[Word]) -> None:
        """Let a deadline do what it stands for, if it still stands."""
        if timer[1] == SILENCE:
            self._break_silence(fold, line, timer, said)
            return
        time, kind, _, index, key, instance_id, version = timer
        part, moment = fold.parts[line.index], line.versions[version].moments[index]
        instance = part.open.get(moment.name, {}).get(key or None)
        if instance is None or instance.id != instance_id:
            return
        actual = (instance.risk, instance.quiet, instance.due, instance.lapse)[kind]
        if actual is None or (kind == RISK and instance.state != "open"):
            return
        if actual > time:
            # Deadlines only ever move later: the old place in the heap leads to the new one.
            heappush(fold.timers, (actual, *timer[1:]))
            return
        fold.fired = time
        part.come_into_force(line.at(time))
        state, reason = _FIRES[kind]
        instance.state, instance.since = state, time
        self._tell(fold, line, moment, instance, moment.reasons[reason], None, said)
        if kind == DUE and moment.chained:
            ref = instance.evidence[-1].playing("opened")
            self._go_on(fold, line, instance, (instance.id, time), ref, said)

    def end(self, fold: Fold, line: Line, time: int, said: list[Word]) -> None:
        """Lapse all open instances of a line of models: a life is over."""
        part = fold.parts[line.index]
        for instances in part.open.values():
            for instance in instances.values():
                model = line.versions[line.place_of(instance.version)]
                moment = next(one for one in model.moments if one.name == instance.moment)
                instance.state, instance.since = "lapsed", time
                alert(part, model, moment, instance, None)
                why = "nothing was heard of the customer"
                _say(fold, moment_word(model, moment, part, instance, why), said)

    def _take(
        self,
        fold: Fold,
        line: Line,
        moment: Moment,
        instance: Instance,
        cause: Cause,
        said: list[Word],
    ) -> bool:
        """Let the instance that a signal belongs to take it; True when that closed it."""
        was_open = instance.state not in CLOSED
        state, by = closes(moment, instance, cause.mask)
        if not state and not was_open:
            return False
        label(instance, moment, cause)
        if state:
            why = turned(instance, moment, state, by, cause)
            self._tell(fold, line, moment, instance, why, cause, said)
            if moment.chained and was_open and not cause.mask & moment.ends:
                opening = (cause.opening, cause.t)
                noted(instance, moment, cause)
                self._go_on(fold, line, instance, opening, cause.cite("opened"), said)
            return True
        if cause.mask & moment.risk and instance.state == "open":
            why = turned(instance, moment, "at_risk", moment.risk, cause)
            self._tell(fold, line, moment, instance, why, cause, said)
        if noted(instance, moment, cause):
            fold.arm(line.index, moment.index, line.place_of(instance.version), instance)
        return False

    def _open(
        self,
        fold: Fold,
        line: Line,
        moment: Moment,
        key: str | None,
        cause: Cause,
        said: list[Word],
    ) -> None:
        part = fold.parts[line.index]
        found = openings.opening_of(part, moment, key, cause)
        if found is None:
            return
        openings.forget(part, moment, key)
        refs, why = found
        model = cause.model
        opening = (cause.opening, cause.t)
        instance = made(model.name, model.version, fold.subject, moment, key, opening, refs)
        instance.value, instance.currency = cause.value(moment.touches)
        label(instance, moment, cause)
        clocks.start(instance, moment)
        self._begin(fold, line, moment, instance, why, cause, said)

    def _break_silence(self, fold: Fold, line: Line, timer: Timer, said: list[Word]) -> None:
        """Open a moment because what it waits for has stayed away."""
        time, _, _, index, key_text, _, version = timer
        part, key = fold.parts[line.index], key_text or None
        part.come_into_force(line.at(time))
        if version != part.version:
            return
        model = line.versions[version]
        moment = model.moments[index]
        armed = part.armed.get(moment.name, {}).get(key)
        if armed is None or armed[0] != time:
            return
        openings.disarm(part, moment, key)
        fold.fired = time
        if key in part.open.get(moment.name, ()):
            return
        ref = armed[1]
        opening = (ref.message_id, time)
        instance = made(model.name, model.version, fold.subject, moment, key, opening, (ref,))
        clocks.start(instance, moment)
        self._begin(fold, line, moment, instance, moment.reasons["open-silent"], None, said)

    def _go_on(
        self,
        fold: Fold,
        line: Line,
        before: Instance,
        opening: tuple[str, int],
        ref: Ref,
        said: list[Word],
    ) -> None:
        """Open the next window of a chain, by the version in force; it goes on as paused as it was."""
        part = fold.parts[line.index]
        model = line.versions[part.version]
        moment = next((one for one in model.moments if one.name == before.moment), None)
        if moment is None or not moment.chained:
            return
        instance = made(
            model.name, model.version, fold.subject, moment, before.key, opening, (ref,)
        )
        instance.labels = before.labels
        clocks.start(instance, moment, paused=before.left is not None)
        self._begin(fold, line, moment, instance, moment.reasons["open-next"], None, said)

    def _begin(
        self,
        fold: Fold,
        line: Line,
        moment: Moment,
        instance: Instance,
        why: str,
        cause: Cause | None,
        said: list[Word],
    ) -> None:
        fold.arm(line.index, moment.index, line.place_of(instance.version), instance)
        self._tell(fold, line, moment, instance, why, cause, said)

    def _tell(
        self,
        fold: Fold,
        line: Line,
        moment: Moment,
        instance: Instance,
        why: str,
        cause: Cause | None,
        said: list[Word],
    ) -> None:
        """Say what became of an instance, and let what looks at it follow."""
        part = fold.parts[line.index]
        model = line.versions[line.place_of(instance.version)]
        alert(part, model, moment, instance, cause)
        keep(part, moment, instance)
        _say(fold, moment_word(model, moment, part, instance, why), said)
        for version in range(part.version, -1, -1):
            follower = line.versions[version]
            bit = follower.outcome_of(moment.name, instance.state)
            if bit and follower.plan(bit).is_concerned:
                outcome = Cause.of_outcome(follower, bit, instance)
                self._let_happen(fold, line, version, outcome, said)


def _say(fold: Fold, word: Word, said: list[Word]) -> None:
    fold.words[word.instance] = word
    said.append(word)

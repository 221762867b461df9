"""What signals, outcomes and deadlines do to the instances of moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from journey import identity
from journey.tables import Moment
from tests.journey.oracle import opening, reading
from tests.journey.oracle.state import Cause, Cited, Clock, Hand, Instance, Memory, Version

_FIRES = {
    "risk": ("at_risk", "at-risk-before"),
    "quiet": ("met", "met-quiet"),
    "due": ("missed", "missed-late"),
    "lapse": ("lapsed", "lapsed"),
}

Tell = Callable[[Instance, Cause, str], None]
"""Says what became of an instance, and lets everything follow from it."""


class Moments:
    """The rules of moments, over what is remembered of a subject. `tell` says the words."""

    def __init__(self, subject: str, currency: str, tell: Tell) -> None:
        self.subject = subject
        self.currency = currency
        self.tell = tell
        self.memory = Memory()

    def take(self, moment: Moment, cause: Cause, active: Version, done: bool) -> bool:  # noqa: FBT001
        """Let a moment take what holds: its open instance first, else a new one.

        True when that closed one; `done` says that it closed one of an older version.
        """
        if not cause.mask & moment.touches:
            return False
        key = reading.key(cause, moment)
        one = None if done else self._addressed(moment, key)
        mine = one is not None and one.version is cause.version
        closed = mine and one is not None and self._react(one, cause, active)
        if cause.version is active:
            opening.listen(self.memory, moment, key, cause)
            if not closed and not done and self.memory.find(moment.name, key) is None:
                found = opening.opened_by(self.memory, moment, key, cause)
                if found is not None:
                    opened = self._open(moment, key, cause, *found)
                    if moment.at_once:
                        self._react(opened, cause, active)
        return closed

    def fire(self, one: Instance, kind: str, at: int, active: Version) -> None:
        """Let a deadline of an instance fire."""
        state, why = _FIRES[kind]
        self._turn(one, state, self._alone(one, at), one.moment.reasons[why])
        if kind == "due" and one.moment.chained:
            self._next_window(one, self._alone(one, at), active, one.moment.reasons[why])

    def break_silence(self, moment: Moment, key: str | None, active: Version) -> None:
        """Open a moment because what was waited for has stayed away."""
        at, armed = self.memory.silences.pop((moment.name, key))
        if self.memory.find(moment.name, key) is None:
            cause = Cause(active, 0, at, Hand(), armed.cited, armed.cited[0])
            why = moment.reasons["open-silent"]
            self._open(moment, key, cause, [(*armed.cited, "opened")], why)

    def _alone(self, one: Instance, at: int, parent: Instance | None = None) -> Cause:
        """Make the cause of what a deadline does."""
        return Cause(one.version, 0, at, Hand(), one.evidence[-1][:3], one.id, parent)

    def _addressed(self, moment: Moment, key: str | None) -> Instance | None:
        mine = [one for one in self.memory.open if one.moment.name == moment.name]
        exact = self.memory.find(moment.name, key)
        if (key is not None or moment.key is None) and exact is not None:
            return exact
        closed = self.memory.closed.get(moment.name, []) if moment.after_close else []
        same = [one for one in closed if one.key == key]
        if same and key is not None:
            return same[0]
        if key is not None and not moment.unmatched_to_latest:
            return None
        found = mine or closed
        return found[-1] if found else None

    def _react(self, one: Instance, cause: Cause, active: Version) -> bool:
        """Let an instance take what holds; True when that closed it."""
        moment, model = one.moment, one.version.model
        met = moment.met
        if not one.is_open and one.clock.due is not None and cause.t > one.clock.due:
            met = 0  # its deadline is over
        closing = met | moment.missed | (moment.ends | moment.lapses_on) * one.is_open
        if one.is_open or (cause.mask & closing):
            labels = one.labels | reading.labels(cause, moment)
        for rule, wanted, state in (
            ("ended", moment.ends if one.is_open else 0, "met"),
            ("open", met, "met"),
            ("open", moment.missed, "missed"),
            ("open", moment.lapses_on if one.is_open else 0, "lapsed"),
        ):
            if cause.mask & wanted:
                if one.state == state:
                    return False
                one.labels = labels
                was_open, names = one.is_open, reading.names(model, cause.mask & wanted)
                ended = rule == "ended"
                why = moment.reasons[rule].format(signal=names) if ended else names
                self._turn(one, state, cause, why, role=state)
                if moment.chained and was_open and rule != "ended" and state != "lapsed":
                    self._pause(one, cause)
                    self._next_window(one, cause, active, names)
                return True
        if one.is_open:
            one.labels = labels
            self._touch(one, cause)
        return False

    def _pause(self, one: Instance, cause: Cause) -> None:
        """Stop the clock of an instance, or let it run on."""
        if cause.mask & one.moment.pause:
            one.clock.stop(cause.t)
        if cause.mask & one.moment.resume and not one.clock.running:
            one.clock.run(cause.t)

    def _touch(self, one: Instance, cause: Cause) -> None:
        """Let an open instance take what does not close it."""
        moment, mask, t = one.moment, cause.mask, cause.t
        if mask & moment.quiet and moment.quiet_for is not None:
            one.quiet = t + moment.quiet_for
        if mask & moment.lapses_without and moment.lapses_for is not None:
            one.lapse = t + moment.lapses_for
        if mask & moment.reset:
            one.clock.restart(t)
        self._pause(one, cause)
        if mask & moment.risk and one.state == "open":
            names = reading.names(one.version.model, mask & moment.risk)
            self._turn(one, "at_risk", cause, names, role="at_risk")

    def _turn(self, one: Instance, state: str, cause: Cause, why: str, role: str = "") -> None:
        if role:
            openings = [ref for ref in one.evidence if ref[3] == "opened"]
            turns = [ref for ref in one.evidence if ref[3] != "opened"]
            one.evidence = [*openings, *turns[-31:], (*cause.cited, role)]
        if state == "met" and role:
            value, currency = reading.value(cause, one.moment.touches, self.currency)
            if value is not None:
                one.value, one.currency = value, currency
        one.state = state
        if not one.is_open:
            self._close(one)
        self.tell(one, cause, why)

    def _close(self, one: Instance) -> None:
        self.memory.open = [other for other in self.memory.open if other is not one]
        others = self.memory.closed.get(one.moment.name, [])
        others = [other for other in others if other.key != one.key]
        by_opening = sorted([*others, one], key=lambda closed: closed.opened)
        self.memory.closed[one.moment.name] = by_opening[-64:]

    def _next_window(self, one: Instance, cause: Cause, active: Version, why: str) -> None:
        """Open the next window of a chain, as the version in force has it."""
        moment = active.moment(one.moment.name)
        if moment is None or not moment.chained:
            return
        if cause.version is not active:
            mask = cause.hand.held.get(active.place, 0)
            cause = replace(cause, version=active, mask=mask)
        refs = [(*cause.cited, "opened")]
        self._open(moment, one.key, cause, refs, why, before=one)

    def _open(
        self,
        moment: Moment,
        key: str | None,
        cause: Cause,
        refs: list[Cited],
        why: str,
        before: Instance | None = None,
    ) -> Instance:
        memory, t = self.memory, cause.t
        memory.counted.pop((moment.name, key), None)
        memory.chains.pop((moment.name, key), None)
        value, currency = reading.value(cause, moment.touches, self.currency)
        labels = reading.labels(cause, moment)
        if before is not None:
            value, currency, labels = before.value, before.currency, before.labels
        model = cause.version.model.name
        clock = Clock(moment, moment.due)
        if before is None or before.clock.running:
            clock.run(t)
        one = Instance(
            id=identity.moment_instance(model, self.subject, moment.name, key, cause.opening, t),
            version=cause.version,
            moment=moment,
            key=key,
            opened=t,
            evidence=refs,
            value=value,
            currency=currency,
            clock=clock,
            quiet=None if moment.quiet_for is None else t + moment.quiet_for,
            lapse=None if moment.lapses_for is None else t + moment.lapses_for,
            labels=dict(labels),
        )
        memory.open.append(one)
        self.tell(one, cause, why)
        return one

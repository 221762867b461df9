"""A second way to the moments: sort the set, drop the copies, fold from nothing.

Slow and plain on purpose: no checkpoints, no base, no heap, no revisions. It shares with the
engine only the compiled model (what an event means) and the hashes of ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from journey import identity
from journey.engine import EngineSettings
from journey.event import Event
from journey.instant import DAY, format_instant
from journey.model import Model, Moment

Said = dict[str, dict[str, Any]]
Cited = tuple[str, str, int, str]


@dataclass
class Open:
    """An open moment."""

    id: str
    moment: Moment
    key: str | None
    t: int
    state: str
    evidence: list[Cited]
    value: float | None
    currency: str | None
    timers: dict[str, int]


@dataclass
class Cause:
    """An event, or what became of a moment, as another moment sees it."""

    mask: int
    t: int
    cited: tuple[str, str, int]
    opening: str
    key: str | None
    value: float | None
    currency: str | None


@dataclass
class Oracle:
    """Folds the admitted events of one subject under one model, up to a clock."""

    model: Model
    settings: EngineSettings
    subject: str
    said: Said = field(default_factory=dict)
    open: list[Open] = field(default_factory=list)
    last: dict[str, Open] = field(default_factory=dict)
    counted: dict[tuple[str, str | None], list[tuple[int, Cited]]] = field(default_factory=dict)
    stage: str | None = None
    last_t: int | None = None

    def fold(self, events: list[Event], clock: int) -> Said:
        """Give the last word on every instance, in the form of a transition."""
        admitted = [e for e in events if self._admitted(e) and self._mask(e)]
        for event in sorted(self._originals(admitted), key=_order):
            if event.t <= clock:
                self._fire(event.t - 1)
                self.last_t = event.t
                self._take(event)
        self._fire(clock)
        return self.said

    def _admitted(self, event: Event) -> bool:
        return event.a - self.settings.lateness <= event.t <= event.a + self.settings.skew

    def _mask(self, event: Event) -> int:
        return self.model.signals_of(event.name, event.fields)

    def _originals(self, events: list[Event]) -> list[Event]:
        kept: list[Event] = []
        last: dict[str, int] = {}
        for event in sorted(events, key=lambda e: (e.t, _content(e))):
            known = last.get(event.message_id)
            if known is None or event.t - known > DAY:
                last[event.message_id] = event.t
                kept.append(event)
        return kept

    def _fire(self, until: int) -> None:
        while True:
            due = [
                (at, _KINDS.index(kind), one.moment.index, one.key or "", one.id, kind, one)
                for one in self.open
                for kind, at in one.timers.items()
                if at <= until and not (kind == "risk" and one.state != "open")
            ]
            life = self._life_ends()
            if due and (life is None or min(due)[0] <= life):
                at, *_, kind, one = min(due, key=lambda timer: timer[:5])
                del one.timers[kind]
                why = one.moment.reasons[_REASON[kind]]
                self._turn(one, _STATE[kind], at, why)
            elif life is not None and life <= until:
                for one in list(self.open):
                    one.state = "lapsed"
                    self._say(one, life, "nothing was heard of the customer")
                self.open = []
                self.last = {}
                self.counted, self.stage, self.last_t = {}, None, None
            else:
                return

    def _life_ends(self) -> int | None:
        anonymous = self.subject.startswith("anon:")
        life = self.settings.anonymous_life if anonymous else self.settings.known_life
        return None if self.last_t is None else self.last_t + life

    def _take(self, event: Event) -> None:
        mask = self._mask(event)
        if self.stage is None:
            first = (event.message_id, event.name, event.t, "first")
            self._move(self.model.stages[0], event.t, "first signal", [first])
        for moment in self.model.moments:
            value = self.model.value_of(mask & moment.touches, event.fields)
            cited = (event.message_id, event.name, event.t)
            currency = None if value is None else self._currency(event)
            key = _key(event, moment)
            self._happen(
                moment, Cause(mask, event.t, cited, event.message_id, key, value, currency)
            )

    def _happen(self, moment: Moment, cause: Cause) -> None:
        if cause.mask & moment.touches and not self._react(moment, cause):
            self._maybe_open(moment, cause)

    def _react(self, moment: Moment, cause: Cause) -> bool:
        one = self._addressed(moment, cause.key)
        if one is None:
            return False
        for wanted, state in ((moment.met, "met"), (moment.missed, "missed")):
            if cause.mask & wanted and one.state != state:
                if state == "met" and cause.value is not None:
                    one.value, one.currency = cause.value, cause.currency
                one.evidence = [*one.evidence, (*cause.cited, state)]
                self._turn(one, state, cause.t, self._names(cause.mask & wanted))
                return True
            if cause.mask & wanted:
                return False
        if one.state not in {"open", "at_risk"}:
            return False
        if cause.mask & moment.quiet and moment.quiet_for is not None:
            one.timers["quiet"] = cause.t + moment.quiet_for
        if cause.mask & moment.lapses_without and moment.lapses_for is not None:
            one.timers["lapse"] = cause.t + moment.lapses_for
        if cause.mask & moment.risk and one.state == "open":
            one.evidence = [*one.evidence, (*cause.cited, "at_risk")]
            self._turn(one, "at_risk", cause.t, self._names(cause.mask & moment.risk))
        return False

    def _addressed(self, moment: Moment, key: str | None) -> Open | None:
        mine = [one for one in self.open if one.moment is moment]
        exact = [one for one in mine if one.key == key]
        if moment.key is None or (key is not None and not moment.unmatched_to_latest):
            return exact[-1] if exact else None
        if key is not None and exact:
            return exact[-1]
        if mine or not moment.after_close:
            return mine[-1] if mine else None
        return self.last.get(moment.name)

    def _maybe_open(self, moment: Moment, cause: Cause) -> None:
        if any(one.moment is moment and one.key == cause.key for one in self.open):
            return
        if cause.mask & moment.opens:
            why = self._names(cause.mask & moment.opens)
            self._open(moment, cause, [(*cause.cited, "opened")], why)
        elif cause.mask & moment.counted:
            counted = [*self.counted.get((moment.name, cause.key), [])]
            if moment.count_within is not None:
                counted = [one for one in counted if one[0] >= cause.t - moment.count_within]
            counted.append((cause.t, (*cause.cited, "opened")))
            self.counted[moment.name, cause.key] = counted
            if len(counted) >= moment.count:
                refs = [ref for _, ref in counted]
                self._open(moment, cause, refs, moment.reasons["open-counted"])

    def _open(self, moment: Moment, cause: Cause, refs: list[Cited], why: str) -> None:
        self.counted.pop((moment.name, cause.key), None)
        timers = {"due": moment.met_within, "quiet": moment.quiet_for, "lapse": moment.lapses_for}
        one = Open(
            id=identity.moment_instance(
                self.model.name, self.subject, moment.name, cause.key, cause.opening, cause.t
            ),
            moment=moment,
            key=cause.key,
            t=cause.t,
            state="open",
            evidence=refs,
            value=cause.value,
            currency=cause.currency,
            timers={kind: cause.t + after for kind, after in timers.items() if after is not None},
        )
        if moment.risk_before is not None:
            one.timers["risk"] = max(cause.t, one.timers["due"] - moment.risk_before)
        self.open.append(one)
        self._say(one, cause.t, why)
        self._follow(one, cause.t)
        if moment.stage is not None and moment.stage != self.stage:
            self._move(moment.stage, cause.t, f"{moment.name} opened", refs[-1:])

    def _turn(self, one: Open, state: str, at: int, why: str) -> None:
        one.state = state
        if state not in {"open", "at_risk"} and one in self.open:
            self.open.remove(one)
            last = self.last.get(one.moment.name)
            if last is None or last.t <= one.t:
                self.last[one.moment.name] = one
        self._say(one, at, why)
        self._follow(one, at)

    def _follow(self, one: Open, at: int) -> None:
        """Let the moments below take what became of this one."""
        bit = self.model.outcomes.get((one.moment.index, one.state))
        if bit is None:
            return
        *cited, role = one.evidence[-1]
        opening = cited[0] if one.state in {role, "open"} else one.id
        for moment in self.model.moments:
            key = one.key if moment.key == one.moment.key else None
            cause = Cause(bit, at, tuple(cited), opening, key, one.value, one.currency)  # type: ignore[arg-type]
            self._happen(moment, cause)

    def _say(self, one: Open, at: int, why: str) -> None:
        due = None if one.moment.met_within is None else one.t + one.moment.met_within
        self.said[one.id] = {
            "kind": "moment", "model": self.model.name, "model_version": self.model.version,
            "subject": self.subject, "moment": one.moment.name, "key": one.key,
            "instance": one.id, "to": one.state, "at": format_instant(at),
            "deadline": None if due is None else format_instant(due),
            "value": one.value, "currency": one.currency, "reason": why,
            "evidence": _evidence(one.evidence),
        }  # fmt: skip

    def _move(self, stage: str, at: int, why: str, refs: list[Cited]) -> None:
        self.stage = stage
        instance = identity.stage_instance(self.model.name, self.subject)
        self.said[instance] = {
            "kind": "stage", "model": self.model.name, "model_version": self.model.version,
            "subject": self.subject, "moment": None, "key": None, "instance": instance,
            "to": stage, "at": format_instant(at), "deadline": None, "value": None,
            "currency": None, "reason": why, "evidence": _evidence(refs),
        }  # fmt: skip

    def _names(self, mask: int) -> str:
        return " and ".join(self.model.names_of(mask))

    def _currency(self, event: Event) -> str:
        own = event.fields.get("properties.currency")
        return own if isinstance(own, str) and own else self.settings.currency


_KINDS = ["risk", "quiet", "due", "lapse"]
_STATE = {"risk": "at_risk", "quiet": "met", "due": "missed", "lapse": "lapsed"}
_REASON = {"risk": "at-risk-before", "quiet": "met-quiet", "due": "missed-late", "lapse": "lapsed"}


def _order(event: Event) -> tuple[int, int, int, str]:
    return (event.t, event.sequence, event.rank, event.message_id)


def _content(event: Event) -> bytes:
    parts = (event.sequence, event.rank, event.name, event.fields)
    return msgspec.json.encode(parts, order="deterministic")


def _key(event: Event, moment: Moment) -> str | None:
    value = event.fields.get(moment.key) if moment.key else None
    if not isinstance(value, str | int | float):
        return None
    return str(value) or None


def _evidence(refs: list[Cited]) -> list[dict[str, str]]:
    return [
        {"message_id": ref[0], "event": ref[1], "at": format_instant(ref[2]), "role": ref[3]}
        for ref in refs
    ]

"""One moment instance at a time: how it opens, and what a signal or the clock makes of it.

Everything here is a function from values to values.
"""

from __future__ import annotations

import re

import msgspec

from journey import identity
from journey.fold import Counted
from journey.history import Entry
from journey.instant import format_instant
from journey.model import Model, Moment
from journey.word import CLOSED, Firing, Instance, Ref

_LONGEST_KEY = 512
_CURRENCY = re.compile("[A-Z]{3}")


class Happening(msgspec.Struct, frozen=True):
    """What one event, or what became of another moment, is to a moment.

    `t` is when it happened, `event` the evidence for it, `opening` the id that an instance
    opened by it is known by. `currency` is that of the value, None where there is no value.
    """

    model: Model
    mask: int
    t: int
    event: Ref
    opening: str
    key: str | None
    value: float | None
    currency: str | None

    @classmethod
    def of(cls, model: Model, moment: Moment, mask: int, entry: Entry, currency: str) -> Happening:
        """Read an event as a moment does; `currency` is for values that come without one."""
        value = model.value_of(mask & moment.touches, entry.fields)
        unit = None if value is None else _currency(entry) or currency
        event = Ref(entry.message_id, entry.name, entry.t, "")
        key = _key(moment, entry)
        return cls(model, mask, entry.t, event, entry.message_id, key, value, unit)

    @classmethod
    def after(
        cls, model: Model, moment: Moment, bit: int, cause: Moment, instance: Instance
    ) -> Happening:
        """Read what became of an instance of one moment as another moment does."""
        event = instance.evidence[-1]
        by_event = instance.state in {event.role, "open"}
        return cls(
            model,
            bit,
            instance.since,
            event,
            event.message_id if by_event else instance.id,
            instance.key if cause.key == moment.key else None,
            instance.value,
            instance.currency,
        )

    def ref(self, role: str) -> Ref:
        """Cite the event as evidence."""
        return Ref(self.event.message_id, self.event.event, self.event.t, role)

    def counted(self, moment: Moment, before: Counted) -> Counted:
        """Add it to those counted towards an opening, and drop those out of the window."""
        if moment.count_within is not None:
            before = tuple(one for one in before if one[0] >= self.t - moment.count_within)
        return (*before, (self.t, self.ref("opened")))

    def names(self, mask: int) -> str:
        """Name the signals among these that the event is."""
        return " and ".join(self.model.names_of(self.mask & mask))


def _key(moment: Moment, entry: Entry) -> str | None:
    """Give the key that an event names; what is too long to be one, or no scalar, is none."""
    value = None if moment.key is None else entry.fields.get(moment.key)
    key = str(value) if isinstance(value, str | int | float) else ""
    return key if 0 < len(key) <= _LONGEST_KEY else None


def _currency(entry: Entry) -> str | None:
    """Give the currency that an event names, where it is a code of three letters (ISO 4217)."""
    code = entry.fields.get("properties.currency")
    if isinstance(code, str) and _CURRENCY.fullmatch(code):
        return code
    return None


def opened(subject: str, moment: Moment, happening: Happening, refs: tuple[Ref, ...]) -> Instance:
    """Open an instance at an event; `refs` are the events that opened it, this one last."""
    t, model = happening.t, happening.model
    due = _after(t, moment.met_within)
    return Instance(
        id=identity.moment_instance(
            model.name, subject, moment.name, happening.key, happening.opening, t
        ),
        moment=moment.name,
        version=model.version,
        key=happening.key,
        opened=t,
        state="open",
        since=t,
        value=happening.value,
        currency=happening.currency,
        evidence=refs,
        firing=_firing(moment, "open", t, None),
        risk=None
        if due is None or moment.risk_before is None
        else max(due - moment.risk_before, t),
        quiet=_after(t, moment.quiet_for),
        due=due,
        lapse=_after(t, moment.lapses_for),
    )


def taken(instance: Instance, moment: Moment, happening: Happening) -> tuple[Instance, str]:
    """Give what a signal makes of the instance it belongs to, and why; the same one if nothing."""
    mask = happening.mask
    if mask & moment.met:
        return _turned(instance, moment, happening, "met", moment.met)
    if mask & moment.missed:
        return _turned(instance, moment, happening, "missed", moment.missed)
    if instance.state in CLOSED:
        return instance, ""
    after, why = instance, ""
    if mask & moment.risk and instance.state == "open":
        after, why = _turned(instance, moment, happening, "at_risk", moment.risk)
    if mask & moment.quiet:
        after = msgspec.structs.replace(after, quiet=_after(happening.t, moment.quiet_for))
    if mask & moment.lapses_without:
        after = msgspec.structs.replace(after, lapse=_after(happening.t, moment.lapses_for))
    return after, why


def rung(instance: Instance, moment: Moment, state: str, at: int) -> Instance:
    """Give what a deadline at `at` makes of an instance."""
    return msgspec.structs.replace(
        instance, state=state, since=at, firing=_firing(moment, state, at, instance.firing)
    )


def next_change(instance: Instance) -> int | None:
    """Say when the clock next changes an open instance, ms; None if it will not."""
    risk = instance.risk if instance.state == "open" else None
    times = (risk, instance.quiet, instance.due, instance.lapse)
    return min((time for time in times if time is not None), default=None)


def describe(instance: Instance) -> dict[str, object]:
    """Show an open instance as `journeys` does."""
    ahead = next_change(instance)
    return {
        "moment": instance.moment,
        "key": instance.key,
        "instance": instance.id,
        "state": instance.state,
        "since": format_instant(instance.since),
        "deadline": None if instance.due is None else format_instant(instance.due),
        "next": None if ahead is None else format_instant(ahead),
        "value": instance.value,
        "currency": instance.currency,
    }


def _turned(
    instance: Instance, moment: Moment, happening: Happening, state: str, mask: int
) -> tuple[Instance, str]:
    if instance.state == state:
        return instance, ""
    takes_value = state == "met" and happening.value is not None
    after = msgspec.structs.replace(
        instance,
        state=state,
        since=happening.t,
        value=happening.value if takes_value else instance.value,
        currency=happening.currency if takes_value else instance.currency,
        evidence=(*instance.evidence, happening.ref(state)),
        firing=_firing(moment, state, happening.t, instance.firing),
    )
    return after, happening.names(mask)


def _firing(moment: Moment, state: str, at: int, before: Firing | None) -> Firing | None:
    if state not in moment.alerts:
        return before
    return Firing(state, at, before.first_at if before else at)


def _after(t: int, duration: int | None) -> int | None:
    return None if duration is None else t + duration

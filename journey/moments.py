"""One moment instance at a time: how it opens, and what a signal makes of it."""

from __future__ import annotations

from journey import clocks, identity
from journey.cause import Cause, Role
from journey.fold import Part
from journey.model import Model
from journey.tables import Moment
from journey.word import CLOSED, Instance, Ref

_MOST_CLOSED = 64
_MOST_TURNS = 32
"""An instance that is judged after its close may turn as often as its customer does."""


def made(
    model: Model,
    subject: str,
    moment: Moment,
    key: str | None,
    opening: tuple[str, int],
    evidence: tuple[Ref, ...],
) -> Instance:
    """Make an instance; `opening` is the id of what opened it and when (ms, event time)."""
    return Instance(
        id=identity.moment_instance(model.name, subject, moment.name, key, *opening),
        moment=moment.name,
        version=model.version,
        key=key,
        opened=opening[1],
        state="open",
        since=opening[1],
        value=None,
        currency=None,
        evidence=evidence,
        labels=(),
    )


def addressed(part: Part, moment: Moment, key: str | None) -> Instance | None:
    """Find the instance that a signal belongs to.

    The open one of its key; the last one closed of its key; the latest opened, if it names no key
    or the moment takes what is unmatched.
    """
    instances = part.open.get(moment.name, {})
    closed = part.last.get(moment.name, {}) if moment.after_close else {}
    if key is not None or moment.key is None:
        instance = instances.get(key) or closed.get(key)
        if instance is not None:
            return instance
    if key is not None and not moment.unmatched_to_latest:
        return None
    return _latest(instances) or _latest(closed)


def keep(part: Part, instance: Instance, *, remembered: bool) -> None:
    """Put an instance where its state says: among the open, or, if remembered, the last closed."""
    name = instance.moment
    instances = part.open.get(name)
    if instance.state not in CLOSED:
        part.open.setdefault(name, {})[instance.key] = instance
        return
    if instances is not None:
        known = instances.get(instance.key)
        if known is not None and known.id == instance.id:
            del instances[instance.key]
            if not instances:
                del part.open[name]
    if remembered:
        _keep_closed(part, instance)


def _keep_closed(part: Part, instance: Instance) -> None:
    """Keep the last one closed of each key, in the order of opening; the latest of these only."""
    closed = part.last.setdefault(instance.moment, {})
    closed.pop(instance.key, None)
    last = _latest(closed)
    closed[instance.key] = instance
    if last is not None and last.opened > instance.opened:
        ordered = sorted(closed.items(), key=lambda one: one[1].opened)
        closed = part.last[instance.moment] = dict(ordered)
    if len(closed) > _MOST_CLOSED:
        del closed[next(iter(closed))]


def _latest(instances: dict[str | None, Instance]) -> Instance | None:
    return instances[next(reversed(instances))] if instances else None


def closes(moment: Moment, instance: Instance, mask: int, t: int) -> tuple[str, int]:
    """Say into which state signals at `t` (ms) close an instance, and which of them; or none.

    Once its deadline is over, nothing that comes after meets an instance any more.
    """
    if not mask & moment.closing:
        return "", 0
    is_open = instance.state not in CLOSED
    for state, signals in (
        ("met", moment.ends if is_open else 0),
        ("met", 0 if _is_too_late(instance, t) else moment.met),
        ("missed", moment.missed),
        ("lapsed", moment.lapses_on if is_open else 0),
    ):
        if mask & signals:
            return (state, signals) if instance.state != state else ("", 0)
    return "", 0


def _is_too_late(instance: Instance, t: int) -> bool:
    return instance.due is not None and t > instance.due


def turned(instance: Instance, role: Role, state: str, mask: int, cause: Cause) -> str:
    """Bring an instance into a state because of these signals; give the reason."""
    instance.state, instance.since = state, cause.t
    instance.evidence = _cited(instance.evidence, cause.cite(state))
    if state == "met":
        value, currency = cause.value(role.value)
        if value is not None:
            instance.value, instance.currency = value, currency
    return " and ".join(cause.model.names_of(cause.mask & mask))


def _cited(evidence: tuple[Ref, ...], ref: Ref) -> tuple[Ref, ...]:
    """Add a turn to what is cited; all that opened it and the latest turns stay."""
    first = sum(one.role == "opened" for one in evidence)
    return (*evidence[:first], *evidence[first:][1 - _MOST_TURNS :], ref)


def noted(instance: Instance, moment: Moment, cause: Cause) -> bool:
    """Let signals move the clocks of an open instance; True if its deadlines must be armed."""
    mask, t = cause.mask, cause.t
    if mask & moment.quiet:
        instance.quiet = t + (moment.quiet_for or 0)
    if mask & moment.lapses_without:
        instance.lapse = t + (moment.lapses_for or 0)
    if mask & moment.reset:
        clocks.reset(instance, moment, t)
    if mask & moment.pause:
        clocks.pause(instance, moment, t)
    if mask & moment.resume:
        return clocks.resume(instance, moment, t)
    return False


def label(instance: Instance, role: Role, cause: Cause) -> None:
    """Give an instance the labels of an event that belongs to it."""
    if role.labels:
        instance.labels = cause.labels(role, instance.labels)

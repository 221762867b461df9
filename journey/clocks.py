"""The clock of an instance: its deadlines, counted plainly or in open hours, paused or anew."""

from __future__ import annotations

from journey.instant import format_instant
from journey.tables import Moment
from journey.word import Instance


def start(instance: Instance, moment: Moment, *, paused: bool = False) -> None:
    """Set the deadlines of an instance as of its opening."""
    t = instance.opened
    instance.quiet = _after(t, moment.quiet_for)
    instance.lapse = _after(t, moment.lapses_for)
    if moment.due is None:
        return
    if paused:
        instance.left = moment.due
    else:
        _run(instance, moment, t, moment.due)


def reset(instance: Instance, moment: Moment, t: int) -> None:
    """Count the time to the deadline from `t` (ms) again."""
    if moment.due is None:
        return
    if instance.left is not None:
        instance.left = moment.due
    else:
        _run(instance, moment, t, moment.due)


def pause(instance: Instance, moment: Moment, t: int) -> None:
    """Stop the time to the deadline at `t` (ms)."""
    if instance.due is None or instance.left is not None:
        return
    instance.left = (
        instance.due - t if moment.calendar is None else moment.calendar.between(t, instance.due)
    )
    instance.due = instance.risk = None


def resume(instance: Instance, moment: Moment, t: int) -> bool:
    """Let what is left of the time run on from `t` (ms); True if it was stopped."""
    if instance.left is None:
        return False
    left, instance.left = instance.left, None
    _run(instance, moment, t, left)
    return True


def next_change(instance: Instance) -> int | None:
    """Say when the clock next changes an open instance, ms; None if it will not."""
    found = instance.risk if instance.state == "open" else None
    for time in (instance.quiet, instance.due, instance.lapse):
        if time is not None and (found is None or time < found):
            found = time
    return found


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
        "paused": instance.left is not None,
        "value": instance.value,
        "currency": instance.currency,
        "labels": dict(instance.labels),
    }


def _run(instance: Instance, moment: Moment, t: int, left: int) -> None:
    instance.due = _in_hours(moment, t, left)
    if moment.risk_before is not None and instance.state == "open":
        instance.risk = _in_hours(moment, t, max(left - moment.risk_before, 0))


def _in_hours(moment: Moment, t: int, time: int) -> int:
    return t + time if moment.calendar is None else moment.calendar.add(t, time)


def _after(t: int, duration: int | None) -> int | None:
    return None if duration is None else t + duration

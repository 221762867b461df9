"""Whether a state that an instance has come into is one that somebody should be alerted to."""

from __future__ import annotations

from journey.cause import Cause
from journey.tables import Alerting, Moment
from journey.word import Firing, Instance


def alert(cause: Cause, moment: Moment, instance: Instance) -> None:
    """Let an instance fire its alert where the state that it has come into has one."""
    alerting = moment.alerts.get(instance.state)
    if alerting is None or _is_withheld(cause, moment, alerting, instance):
        return
    at, before = instance.since, instance.firing
    instance.firing = Firing(instance.state, at, before.first_at if before else at)
    cause.scene.part.alerted[moment.name] = at


def _is_withheld(cause: Cause, moment: Moment, alerting: Alerting, instance: Instance) -> bool:
    if alerting.at_most_every is not None:
        last = cause.scene.part.alerted.get(moment.name)
        if last is not None and instance.since - last < alerting.at_most_every:
            return True
    return any(cause.plan.holding(test)(cause) for test in alerting.unless)

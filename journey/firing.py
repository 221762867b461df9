"""Whether a state that an instance has come into is one that somebody should be alerted to."""

from __future__ import annotations

from journey.cause import Cause
from journey.fold import Part
from journey.model import Alerting, Model, Moment
from journey.states import any_holds
from journey.word import Firing, Instance


def alert(
    part: Part, model: Model, moment: Moment, instance: Instance, cause: Cause | None
) -> None:
    """Let an instance fire its alert where the state that it has come into has one.

    `cause` is None where the clock made it so; conditions then ask about what became of it.
    """
    alerting = moment.alerts.get(instance.state)
    if alerting is None or _is_withheld(part, model, moment, alerting, instance, cause):
        return
    at, before = instance.since, instance.firing
    instance.firing = Firing(instance.state, at, before.first_at if before else at)
    if alerting.at_most_every is not None:
        part.alerted[moment.name] = at


def _is_withheld(
    part: Part,
    model: Model,
    moment: Moment,
    alerting: Alerting,
    instance: Instance,
    cause: Cause | None,
) -> bool:
    if alerting.at_most_every is not None:
        last = part.alerted.get(moment.name)
        if last is not None and instance.since - last < alerting.at_most_every:
            return True
    if not alerting.unless:
        return False
    hand = cause or Cause.of_outcome(model, model.outcome(moment.index, instance.state), instance)
    return any_holds(model, alerting.unless, part, hand, instance.since)

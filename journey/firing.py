"""Whether a state that an instance has come into is one that somebody should be alerted to."""

from __future__ import annotations

from journey.cause import Cause
from journey.model import Alerting, Moment
from journey.scene import Scene
from journey.states import any_holds
from journey.word import Firing, Instance


def alert(scene: Scene, moment: Moment, instance: Instance, cause: Cause | None) -> None:
    """Let an instance fire its alert where the state that it has come into has one.

    `cause` is None where the clock made it so; conditions then ask about what became of it.
    """
    alerting = moment.alerts.get(instance.state)
    if alerting is None or _is_withheld(scene, moment, alerting, instance, cause):
        return
    at, before = instance.since, instance.firing
    instance.firing = Firing(instance.state, at, before.first_at if before else at)
    if alerting.at_most_every is not None:
        scene.part.alerted[moment.name] = at


def _is_withheld(
    scene: Scene,
    moment: Moment,
    alerting: Alerting,
    instance: Instance,
    cause: Cause | None,
) -> bool:
    if alerting.at_most_every is not None:
        last = scene.part.alerted.get(moment.name)
        if last is not None and instance.since - last < alerting.at_most_every:
            return True
    if not alerting.unless:
        return False
    version = scene.line.place_of(instance.version)
    hand = cause or Cause.of_outcome(scene, version, 0, instance, by_clock=True)
    return any_holds(hand.model, alerting.unless, scene.part, hand, instance.since)

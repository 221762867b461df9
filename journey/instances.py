"""What signals and deadlines do to the instances of the moments, and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappush

from journey import clocks, knowing, openings
from journey.cause import Cause
from journey.firing import alert
from journey.fold import DUE, RISK, SILENCE, Timer
from journey.model import Moment, Plan
from journey.moments import addressed, closes, keep, label, made, noted, turned
from journey.scene import Scene
from journey.word import CLOSED, Instance, Ref
from journey.words import moment_word

_FIRES = (
    ("at_risk", "at-risk-before"),
    ("met", "met-quiet"),
    ("missed", "missed-late"),
    ("lapsed", "lapsed"),
)
"""State and reason by kind of timer: RISK, QUIET, DUE, LAPSE."""


def happen(scene: Scene, causes: Sequence[Cause]) -> None:
    """Let the versions of a model take what has happened, to each a cause, the latest first.

    All know what it means before the first moment takes it. Older versions come first then: what
    closes an instance opens no other of that moment.
    """
    plans = [_known(scene, cause) for cause in causes]
    closed: set[str] = set()
    for cause, plan in zip(reversed(causes), reversed(plans), strict=True):
        in_force = cause.version == scene.part.version
        for moment in plan.moments:
            if moment.index > cause.above:
                done = moment.name in closed
                if _reach(scene, moment, cause, in_force=in_force, done=done):
                    closed.add(moment.name)
        if in_force and plan.stages:
            knowing.move_on(scene, plan, cause)


def ring(scene: Scene, timer: Timer) -> None:
    """Let a deadline do what it stands for, if it still stands."""
    time, kind, _, index, key, instance_id, version = timer
    moment = scene.line.versions[version].moments[index]
    if kind == SILENCE:
        _break_silence(scene, moment, key or None, timer)
        return
    instance = scene.part.open.get(moment.name, {}).get(key or None)
    if instance is None or instance.id != instance_id:
        return
    actual = (instance.risk, instance.quiet, instance.due, instance.lapse)[kind]
    if actual is None or (kind == RISK and instance.state != "open"):
        return
    if actual > time:
        # Deadlines only ever move later: the old place in the heap leads to the new one.
        heappush(scene.fold.timers, (actual, *timer[1:]))
        return
    scene.fold.fired = time
    state, reason = _FIRES[kind]
    instance.state, instance.since = state, time
    _tell(scene, moment, instance, moment.reasons[reason], None)
    if kind == DUE and moment.chained:
        ref = instance.evidence[-1].playing("opened")
        _go_on(scene, instance, (instance.id, time), ref, moment.reasons[reason], None)


def end(scene: Scene, time: int) -> None:
    """Lapse all open instances: a life is over. Nothing follows from that."""
    for by_key in scene.part.open.values():
        for instance in by_key.values():
            model = scene.model_of(instance)
            moment = model.moments[model.place_of(instance.moment)]
            instance.state, instance.since = "lapsed", time
            alert(scene, moment, instance, None)
            why = "nothing was heard of the customer"
            scene.say(moment_word(model, moment, scene.part, instance, why))


def _known(scene: Scene, cause: Cause) -> Plan:
    """Let a version know what has happened; give what in it that concerns."""
    plan = cause.model.plan(cause.mask)
    in_force = cause.version == scene.part.version
    if in_force:
        knowing.learn(scene.part, plan, cause, cause.mask)
    return knowing.derive(scene, cause, in_force=in_force) if plan.derived else plan


def _reach(scene: Scene, moment: Moment, cause: Cause, *, in_force: bool, done: bool) -> bool:
    """Let a moment take what happened: its open instance first, else a new one.

    True when that closed one; `done` when it closed one of an older version already.
    """
    part = scene.part
    key = None if moment.key is None else cause.key(moment)
    instance = None if done else addressed(part, moment, key)
    closed = (
        instance is not None
        and instance.version == cause.model.version
        and _take(scene, moment, instance, cause)
    )
    if in_force and cause.mask & moment.opening:
        if cause.mask & (moment.since | moment.without):
            openings.listen(scene, moment, key, cause)
        if not (closed or done) and key not in part.open.get(moment.name, ()):
            _open(scene, moment, key, cause)
    return closed


def _take(scene: Scene, moment: Moment, instance: Instance, cause: Cause) -> bool:
    """Let the instance that a signal belongs to take it; True when that closed it."""
    was_open = instance.state not in CLOSED
    state, by = closes(moment, instance, cause.mask)
    if not state and not was_open:
        return False
    label(instance, moment, cause)
    if state:
        why = turned(instance, moment, state, by, cause)
        ends = was_open and cause.mask & moment.ends
        said = moment.reasons["ended"].format(signal=why) if ends else why
        _tell(scene, moment, instance, said, cause)
        if moment.chained and was_open and not ends and state != "lapsed":
            noted(instance, moment, cause)
            _go_on(scene, instance, (cause.opening, cause.t), cause.cite("opened"), why, cause)
        return True
    if noted(instance, moment, cause):
        scene.arm(moment.index, instance)
    if cause.mask & moment.risk and instance.state == "open":
        why = turned(instance, moment, "at_risk", moment.risk, cause)
        _tell(scene, moment, instance, why, cause)
    return False


def _open(scene: Scene, moment: Moment, key: str | None, cause: Cause) -> None:
    found = openings.opening_of(scene.part, moment, key, cause)
    if found is None:
        return
    openings.forget(scene.part, moment, key)
    refs, why = found
    opening = (cause.opening, cause.t)
    instance = made(cause.model, scene.fold.subject, moment, key, opening, refs)
    instance.value, instance.currency = cause.value(moment.touches)
    label(instance, moment, cause)
    clocks.start(instance, moment)
    _begin(scene, moment, instance, why, cause)


def _break_silence(scene: Scene, moment: Moment, key: str | None, timer: Timer) -> None:
    """Open a moment because what it waits for has stayed away."""
    time, part = timer[0], scene.part
    armed = part.armed.get(moment.name, {}).get(key)
    if armed is None or armed[0] != time or timer[-1] != part.version:
        return
    openings.disarm(part, moment, key)
    scene.fold.fired = time
    if key in part.open.get(moment.name, ()):
        return
    ref, model = armed[1], scene.line.versions[part.version]
    opening = (ref.message_id, time)
    instance = made(model, scene.fold.subject, moment, key, opening, (ref,))
    clocks.start(instance, moment)
    _begin(scene, moment, instance, moment.reasons["open-silent"], None)


def _go_on(
    scene: Scene,
    before: Instance,
    opening: tuple[str, int],
    ref: Ref,
    why: str,
    cause: Cause | None,
) -> None:
    """Open the next window of a chain by the version in force, paused if the one before is."""
    model = scene.line.versions[scene.part.version]
    moment = next((one for one in model.moments if one.name == before.moment), None)
    if moment is None or not moment.chained:
        return
    instance = made(model, scene.fold.subject, moment, before.key, opening, (ref,))
    instance.labels = before.labels
    instance.value, instance.currency = before.value, before.currency
    clocks.start(instance, moment, paused=before.left is not None)
    _begin(scene, moment, instance, why, cause)


def _begin(scene: Scene, moment: Moment, instance: Instance, why: str, cause: Cause | None) -> None:
    scene.arm(moment.index, instance)
    _tell(scene, moment, instance, why, cause)


def _tell(scene: Scene, moment: Moment, instance: Instance, why: str, cause: Cause | None) -> None:
    """Say what became of an instance, and let what looks at it follow."""
    part, line = scene.part, scene.line
    model = scene.model_of(instance)
    alert(scene, moment, instance, cause)
    keep(part, moment, instance)
    scene.say(moment_word(model, moment, part, instance, why))
    followers: list[Cause] = []
    for version in range(part.version, -1, -1):
        follower = line.versions[version]
        bit = follower.outcome_of(moment.name, instance.state)
        if bit and follower.plan(bit).is_concerned:
            by_clock = cause is None or cause.by_clock
            outcome = Cause.of_outcome(scene, version, bit, instance, by_clock=by_clock)
            followers.append(outcome)
    if followers:
        happen(scene, followers)

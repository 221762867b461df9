"""What signals and deadlines do to the instances of the moments, and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence

from journey import clocks, knowing, openings
from journey.cause import Cause, Role, Scene, of_clock
from journey.firing import alert
from journey.fold import DUE, RISK, SILENCE, Part, Timer
from journey.lines import Line
from journey.moments import addressed, closes, keep, label, made, noted, turned
from journey.tables import Moment
from journey.word import CLOSED, Instance, Ref
from journey.words import moment_word

_FIRES = (
    ("at_risk", "at-risk-before"),
    ("met", "met-quiet"),
    ("missed", "missed-late"),
    ("lapsed", "lapsed"),
)
"""State and reason by kind of timer: RISK, QUIET, DUE, LAPSE."""


def happen(causes: Sequence[Cause]) -> None:
    """Let the versions of a model take what has happened, to each a cause, the latest first.

    All know what it means before the first moment takes it. Older versions come first then: what
    closes an instance opens no other of that moment.
    """
    in_force = causes[0].scene.part.version
    if len(causes) == 1:
        knowing.know(causes[0], in_force=causes[0].version == in_force)
        _take_in(causes[0], set(), in_force=causes[0].version == in_force)
        return
    for cause in causes:
        knowing.know(cause, in_force=cause.version == in_force)
    closed: set[str] = set()
    for cause in reversed(causes):
        _take_in(cause, closed, in_force=cause.version == in_force)


def _take_in(cause: Cause, closed: set[str], *, in_force: bool) -> None:
    """Let moments and stages take what is known; `closed` are moments that it closed already."""
    kept, above, plan = cause.scene.part.open, cause.above, cause.plan
    for role in plan.roles:
        moment = role.moment
        if moment.index > above:
            takes = role.may_take and (moment.name in kept or moment.after_close)
            may_open = bool(role.opening and in_force)
            if (takes or may_open) and _reach(
                cause, role, takes=takes, may_open=may_open, done=moment.name in closed
            ):
                closed.add(moment.name)
    if in_force and plan.stages:
        knowing.move_on(cause)


def due(line: Line, part: Part, timer: Timer) -> int | None:
    """Say when a deadline is due by now, ms; None where it stands no more.

    Deadlines only ever move later: the old place in the heap leads to the new one.
    """
    time, kind, _, index, key, instance_id, version = timer
    name = line.versions[version].moments[index].name
    if kind == SILENCE:
        armed = part.armed.get(name, {}).get(key or None)
        stands = armed is not None and armed[0] == time
        return time if stands and version == part.version == line.at(time) else None
    instance = part.open.get(name, {}).get(key or None)
    if instance is None or instance.id != instance_id:
        return None
    if kind == RISK and instance.state != "open":
        return None
    return (instance.risk, instance.quiet, instance.due, instance.lapse)[kind]


def ring(scene: Scene, timer: Timer) -> None:
    """Let a deadline that is due do what it stands for."""
    time, kind, _, index, key, _, version = timer
    moment = scene.line.versions[version].moments[index]
    scene.fold.fired = time
    if kind == SILENCE:
        _break_silence(of_clock(scene, version, time), moment, key or None)
        return
    instance = scene.part.open[moment.name][key or None]
    # Not before: what only looks at an instant must leave what comes before it in order.
    scene.part.come_into_force(scene.line.at(time))
    state, reason = _FIRES[kind]
    instance.state, instance.since = state, time
    cause = of_clock(scene, version, time)
    _tell(cause, moment, instance, moment.reasons[reason])
    if kind == DUE and moment.chained:
        ref = instance.evidence[-1].playing("opened")
        _go_on(cause, instance, (instance.id, time), ref, moment.reasons[reason])


def end(scene: Scene, time: int) -> None:
    """Lapse all open instances: a life is over. Nothing follows from that."""
    for by_key in scene.part.open.values():
        for instance in by_key.values():
            cause = of_clock(scene, scene.line.place_of(instance.version), time)
            moment = cause.model.moments[cause.model.place_of(instance.moment)]
            instance.state, instance.since = "lapsed", time
            alert(cause, moment, instance)
            why = "nothing was heard of the customer"
            cause.say(moment_word(cause.model, moment, scene.part, instance, why))


def _reach(cause: Cause, role: Role, *, takes: bool, may_open: bool, done: bool) -> bool:
    """Let a moment take what happened: its open instance first, else a new one.

    True when that closed one; `done` when it closed one of an older version already.
    """
    part, moment, key = cause.scene.part, role.moment, cause.key(role)
    instance = addressed(part, moment, key) if takes and not done else None
    closed = (
        instance is not None
        and instance.version == cause.model.version
        and _take(cause, role, instance)
    )
    if may_open:
        if cause.mask & (moment.since | moment.without):
            openings.listen(cause, moment, key)
        if not (closed or done) and key not in part.open.get(moment.name, ()):
            _open(cause, role, key)
    return closed


def _take(cause: Cause, role: Role, instance: Instance) -> bool:
    """Let the instance that a signal belongs to take it; True when that closed it."""
    moment, was_open = role.moment, instance.state not in CLOSED
    state, by = closes(moment, instance, cause.mask, cause.t)
    if not state and not was_open:
        return False
    label(instance, role, cause)
    if state:
        why = turned(instance, role, state, by, cause)
        ends = was_open and cause.mask & moment.ends
        _tell(cause, moment, instance, moment.reasons["ended"].format(signal=why) if ends else why)
        if moment.chained and was_open and not ends and state != "lapsed":
            noted(instance, moment, cause)
            _go_on(cause, instance, (cause.opening, cause.t), cause.cite("opened"), why)
        return True
    if cause.mask & moment.clock and noted(instance, moment, cause):
        cause.arm(moment, instance)
    if cause.mask & moment.risk and instance.state == "open":
        why = turned(instance, role, "at_risk", moment.risk, cause)
        _tell(cause, moment, instance, why)
    return False


def _open(cause: Cause, role: Role, key: str | None) -> None:
    found = openings.opening_of(cause, role, key)
    if found is None:
        return
    refs, why = found
    moment, opening = role.moment, (cause.opening, cause.t)
    instance = made(cause.model, cause.scene.fold.subject, moment, key, opening, refs)
    instance.value, instance.currency = cause.value(role.value)
    label(instance, role, cause)
    clocks.start(instance, moment)
    _begin(cause, moment, instance, why)
    if moment.at_once:
        _take(cause, role, instance)


def _break_silence(cause: Cause, moment: Moment, key: str | None) -> None:
    """Open a moment because what it waits for has stayed away."""
    part = cause.scene.part
    ref = part.armed[moment.name][key][1]
    openings.disarm(part, moment, key)
    if key in part.open.get(moment.name, ()):
        return
    openings.forget(part, moment, key)
    opening = (ref.message_id, cause.t)
    instance = made(cause.model, cause.scene.fold.subject, moment, key, opening, (ref,))
    clocks.start(instance, moment)
    _begin(cause, moment, instance, moment.reasons["open-silent"])


def _go_on(cause: Cause, before: Instance, opening: tuple[str, int], ref: Ref, why: str) -> None:
    """Open the next window of a chain by the version in force, paused if the one before is."""
    scene = cause.scene
    model = scene.line.versions[scene.part.version]
    moment = next((one for one in model.moments if one.name == before.moment), None)
    if moment is None or not moment.chained:
        return
    instance = made(model, scene.fold.subject, moment, before.key, opening, (ref,))
    instance.labels = before.labels
    instance.value, instance.currency = before.value, before.currency
    clocks.start(instance, moment, paused=before.left is not None)
    _begin(cause, moment, instance, why)


def _begin(cause: Cause, moment: Moment, instance: Instance, why: str) -> None:
    openings.forget(cause.scene.part, moment, instance.key)
    cause.arm(moment, instance)
    _tell(cause, moment, instance, why)


def _tell(cause: Cause, moment: Moment, instance: Instance, why: str) -> None:
    """Say what became of an instance, and let what looks at it follow."""
    scene = cause.scene
    keep(scene.part, instance, remembered=moment.name in scene.line.judged_after_close)
    alert(cause, moment, instance)
    model = scene.line.versions[scene.line.place_of(instance.version)]
    cause.say(moment_word(model, moment, scene.part, instance, why))
    followers: list[Cause] = []
    for version in range(scene.part.version, -1, -1):
        follower = scene.line.versions[version]
        bit = follower.outcome_of(moment.name, instance.state)
        if bit & follower.heeded:
            followers.append(cause.outcome(version, bit, instance))
    if followers:
        happen(followers)

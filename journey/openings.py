"""What opens an instance: a signal, so many of one, several in a row, or that one stays away."""

from __future__ import annotations

from heapq import heappush

from journey.cause import Cause, Role
from journey.fold import SILENCE, Counted, Part
from journey.tables import Moment
from journey.word import Ref

Opening = tuple[tuple[Ref, ...], str]
"""The events that open an instance, the last one last, and why."""


def opening_of(cause: Cause, role: Role, key: str | None) -> Opening | None:
    """Say whether a moment opens now; if not, remember what counts towards it."""
    part, moment = cause.scene.part, role.moment
    if role.why:
        return (cause.cite("opened"),), role.why
    if cause.mask & moment.counted:
        refs = _count(part, moment, key, cause)
        if refs:
            return refs, moment.reasons["open-counted"]
    if moment.sequence:
        refs = _follow(part, moment, key, cause)
        if refs:
            return refs, moment.reasons["open-sequence"]
    return None


def forget(part: Part, moment: Moment, key: str | None) -> None:
    """Forget what counted towards an opening: it has opened."""
    for kind in (part.counted, part.sequences):
        by_key = kind.get(moment.name)
        if by_key is not None and by_key.pop(key, None) is not None and not by_key:
            del kind[moment.name]


def listen(cause: Cause, moment: Moment, key: str | None) -> None:
    """Count a silence from this signal on, or know that there is none."""
    assert moment.silent_for is not None, "asked of moments that open on a silence only"
    scene, part = cause.scene, cause.scene.part
    if cause.mask & moment.since:
        at = cause.t + moment.silent_for
        part.armed.setdefault(moment.name, {})[key] = (at, cause.cite("opened"))
        timer = (at, SILENCE, scene.line.index, moment.index, key or "", "", part.version)
        heappush(scene.fold.timers, timer)
    else:
        disarm(part, moment, key)


def disarm(part: Part, moment: Moment, key: str | None) -> None:
    """Wait no more for a silence to be over."""
    by_key = part.armed.get(moment.name)
    if by_key is not None and by_key.pop(key, None) is not None and not by_key:
        del part.armed[moment.name]


def _count(part: Part, moment: Moment, key: str | None, cause: Cause) -> tuple[Ref, ...]:
    by_key = part.counted.setdefault(moment.name, {})
    before: Counted = by_key.get(key, ())
    if moment.count_within is not None and before and before[0][0] < cause.t - moment.count_within:
        before = tuple(one for one in before if one[0] >= cause.t - moment.count_within)
    if not before or cause.t - before[-1][0] >= moment.apart:
        before = (*before, (cause.t, cause.cite("opened")))
    if len(before) >= moment.count:
        return tuple(ref for _, ref in before)
    by_key[key] = before
    return ()


def _follow(part: Part, moment: Moment, key: str | None, cause: Cause) -> tuple[Ref, ...]:
    """Extend the runs that the event is the next step of, from the longest to the shortest."""
    steps, step = moment.sequence, (cause.t, cause.cite("opened"))
    by_key = part.sequences.get(moment.name, {})
    runs: list[Counted] = list(by_key.get(key, ((),) * (len(steps) - 1)))
    for at in range(len(steps) - 1, 0, -1):
        run = runs[at - 1]
        if cause.mask & steps[at] and run and _is_in_time(moment, run[0][0], cause.t):
            if at == len(steps) - 1:
                return (*(ref for _, ref in run), step[1])
            runs[at] = (*run, step)
    if cause.mask & steps[0]:
        runs[0] = (step,)
    if any(runs):
        part.sequences.setdefault(moment.name, {})[key] = tuple(runs)
    return ()


def _is_in_time(moment: Moment, first: int, t: int) -> bool:
    return moment.sequence_within is None or t - first <= moment.sequence_within

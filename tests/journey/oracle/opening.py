"""How a moment opens: at once, by a count, at the end of a sequence, after a silence."""

from __future__ import annotations

from journey.tables import Moment
from tests.journey.oracle import reading
from tests.journey.oracle.state import Cause, Cited, Memory


def listen(memory: Memory, moment: Moment, key: str | None, cause: Cause) -> None:
    """Begin to wait for a silence, or see it broken."""
    if moment.silent_for is None:
        return
    if cause.mask & moment.since:
        memory.silences[moment.name, key] = (cause.t + moment.silent_for, cause)
    elif cause.mask & moment.without:
        memory.silences.pop((moment.name, key), None)


def opened_by(
    memory: Memory, moment: Moment, key: str | None, cause: Cause
) -> tuple[list[Cited], str] | None:
    """Give the evidence and the reason if this opens a moment; else remember what counts."""
    if cause.mask & moment.opens:
        names = reading.names(cause.version.model, cause.mask & moment.opens)
        return [_ref(cause)], moment.reasons["open"].format(signal=names)
    counted = _count(memory, moment, key, cause)
    if counted:
        return counted, moment.reasons["open-counted"]
    steps = _step(memory, moment, key, cause)
    return (steps, moment.reasons["open-sequence"]) if steps else None


def _ref(cause: Cause) -> Cited:
    return (*cause.cited, "opened")


def _count(memory: Memory, moment: Moment, key: str | None, cause: Cause) -> list[Cited]:
    if not cause.mask & moment.counted:
        return []
    kept = memory.counted.setdefault((moment.name, key), [])
    if moment.count_within is not None:
        kept[:] = [one for one in kept if one[0] >= cause.t - moment.count_within]
    if kept and cause.t - kept[-1][0] < moment.apart:
        return []
    kept.append((cause.t, _ref(cause)))
    return [ref for _, ref in kept] if len(kept) >= moment.count else []


def _step(memory: Memory, moment: Moment, key: str | None, cause: Cause) -> list[Cited]:
    """Take one step of each chain; give the evidence if that was the last one of a chain."""
    chains = memory.chains.setdefault((moment.name, key), {})
    last = len(moment.sequence) - 1
    for at in range(last, -1, -1):
        if not cause.mask & moment.sequence[at]:
            continue
        before = chains.get(at - 1)
        if at == 0:
            chains[0] = [(cause.t, _ref(cause))]
        elif before is not None and _in_time(moment, before[0][0], cause.t):
            chains[at] = [*before, (cause.t, _ref(cause))]
            if at == last:
                return [ref for _, ref in memory.chains.pop((moment.name, key))[last]]
    return []


def _in_time(moment: Moment, start: int, t: int) -> bool:
    return moment.sequence_within is None or t - start <= moment.sequence_within

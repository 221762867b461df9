"""Why a moment has no open instance: what was there of each way in which it opens."""

from __future__ import annotations

from collections.abc import Iterator

from journey.explaining.case import Case
from journey.explaining.near import nearly
from journey.explaining.phrases import SHOWN, either, listed, with_key, within, write_duration
from journey.fold import Counted
from journey.tables import Moment
from journey.word import Ref


def unopened(case: Case, moment: Moment, key: str | None = None) -> list[str]:
    """Say what is missing for a moment to open, of one key if given; then what nearly did it."""
    since = case.last_change(moment.name, key)
    named = with_key(key) if moment.key else ""
    missing = []
    if moment.opens:
        after = "" if since is None else f" since {case.write(since)}"
        missing.append(f"no {either(case.model, moment.opens)}{named} has come{after}")
    if moment.counted:
        missing.append(_uncounted(case, moment, key, named))
    if moment.sequence:
        missing.append(_incomplete(case, moment, key, named))
    if moment.silent_for is not None:
        missing += _unsilent(case, moment, key)
    return [*missing, *nearly(case, moment.opening, -1 if since is None else since + 1)]


def silences(case: Case, moment: Moment) -> Iterator[tuple[int, str | None, str]]:
    """Give when a moment opens for want of a signal (ms), its key, and since what."""
    for key, (at, ref) in sorted(
        case.part.armed.get(moment.name, {}).items(), key=lambda one: one[1][0]
    ):
        without = either(case.model, moment.without)
        yield at, key, f"if no {without}{with_key(key)} comes, counted since {_told(case, ref)}"


def _uncounted(case: Case, moment: Moment, key: str | None, named: str) -> str:
    """Tell the most that counts towards one opening at the clock."""
    since = case.clock - moment.count_within if moment.count_within else 0
    by_key = case.part.counted.get(moment.name, {})
    found: list[tuple[str | None, Counted]] = [
        (counted_for, tuple(one for one in counted if one[0] >= since))
        for counted_for, counted in by_key.items()
        if key in {None, counted_for}
    ]
    whose, refs = max(found, key=lambda one: len(one[1]), default=(None, ()))
    what = f"{either(case.model, moment.counted)}{named or with_key(whose)}"
    apart = f", each {write_duration(moment.apart)} apart" if moment.apart else ""
    events = listed(_told(case, ref) for _, ref in refs)
    return f"{len(refs)} of {moment.count} {what}{within(moment.count_within)}{apart}{events}"


def _incomplete(case: Case, moment: Moment, key: str | None, named: str) -> str:
    """Tell how far the longest run of a sequence has come, and what is awaited next."""
    longest = moment.sequence_within
    runs = [
        (len(run), run[0][0], run)
        for run_for, by_step in case.part.sequences.get(moment.name, {}).items()
        if key in {None, run_for}
        for run in by_step
        if run and (longest is None or case.clock - run[0][0] <= longest)
    ]
    steps = [either(case.model, step) for step in moment.sequence]
    whole = f"{' then '.join(steps)}{named}{within(longest)}"
    if not runs:
        return f"no {whole} has come: {steps[0]}, the first step, is awaited"
    done, start, run = max(runs, key=lambda one: one[:2])
    until = "" if longest is None else f" until {case.write(start + longest)}"
    events = listed(_told(case, ref) for _, ref in run)
    return f"{done} of {len(steps)} steps of {whole}{events}: {steps[done]} is awaited{until}"


def _unsilent(case: Case, moment: Moment, key: str | None) -> Iterator[str]:
    """Say when a silence would open a moment, or why none is waited for."""
    waits = [(at, why) for at, of, why in silences(case, moment) if key in {None, of}]
    yield from (f"it opens at {case.write(at)} {why}" for at, why in waits[:SHOWN])
    if len(waits) > SHOWN:
        yield f"and {len(waits) - SHOWN} more silences are waited for"
    if waits:
        return
    without, since = either(case.model, moment.without), either(case.model, moment.since)
    start = case.last(moment.since)
    if start is None:
        yield f"no {since} has come since which {without} could stay away"
        return
    ended = case.last(moment.without & ~moment.since)
    if ended is not None and ended.t >= start.t:
        silence = write_duration(moment.silent_for or 0)
        yield f"{case.tell(ended)} came before {silence} without {without} were over"
    else:
        yield f"no {since} has come since {case.write(start.t)}"


def _told(case: Case, ref: Ref) -> str:
    return f"{ref.event} at {case.write(ref.t)}"

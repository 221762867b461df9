"""Why a moment has not come to be what was expected: the conditions that were not met, in words."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from journey.event import Event
from journey.fold import Counted
from journey.model import Moment
from journey.scenarios.days import write_duration
from journey.scenarios.standing import Standing
from journey.word import Word

_SHOWN = 3


def unopened(standing: Standing, moment: Moment, key: str | None) -> str:
    """Say what was missing for a moment to open."""
    missing, keyed = [], f" with key {key}" if moment.key and key else ""
    if moment.opens:
        missing.append(f"no signal {_either(standing, moment.opens)}{keyed} came")
    if moment.counted:
        events = _counted(standing, moment, key)
        missing.append(
            f"{len(events)} of {moment.count} signals {_either(standing, moment.counted)}"
            f"{keyed}{_within(moment.count_within)}{_listed(standing, events)}"
        )
    if moment.sequence:
        steps = " then ".join(_either(standing, step) for step in moment.sequence)
        missing.append(f"no {steps}{keyed}{_within(moment.sequence_within)} came")
    if moment.silent_for is not None:
        missing.append(_unsilent(standing, moment, key))
    near = _nearly(standing, moment.opening)
    return "; ".join([f"{moment.name} has not opened: {' and '.join(missing)}", *near])


def explained(standing: Standing, word: Word, wanted: str) -> str:
    """Say why an instance is in its state, and what would have brought the one that was wanted."""
    write, moment = standing.days.write, standing.moment(word.moment or "")
    evidence = (f"{ref.event} at {write(ref.t)} ({ref.role})" for ref in word.evidence[-_SHOWN:])
    by_state = {
        "met": moment.met | moment.ends,
        "missed": moment.missed,
        "at_risk": moment.risk,
        "lapsed": moment.lapses_on,
    }
    near = _nearly(standing, by_state.get(wanted, 0))
    said = f"{word.reason}, by {', '.join(evidence)}"
    return "; ".join([said, *_waits(standing, word, moment), *near])


def moved(standing: Standing, name: str, mask: int) -> str:
    """Say what a fact or score is made of, and what of that has come."""
    write, model = standing.days.write, standing.model
    came = [
        (event.t, event.name)
        for event in standing.seen
        if model.signals_of(event.name, event.fields) & mask
    ]
    came += [
        (spoken.word.at, f"{spoken.word.moment}.{spoken.word.to}")
        for spoken in standing.journey.spoken.values()
        if f"{spoken.word.moment}.{spoken.word.to}" in model.names_of(mask)
    ]
    last = ", ".join(f"{what} at {write(t)}" for t, what in sorted(came)[-_SHOWN:])
    said = f"{name} is made of {_either(standing, mask)}: {last or 'none came'}"
    return "; ".join([said, *_nearly(standing, mask)])


def useless(standing: Standing) -> Iterator[str]:
    """Name the events that have done nothing: unknown to the model, or ahead of the clock."""
    known = standing.model.events
    for name in sorted({event.name for event in standing.seen} - known):
        near = get_close_matches(name, known, n=1)
        meant = f", was {near[0]!r} meant?" if near else ""
        yield f"{name!r} means nothing in the model{meant}"
    for event in standing.seen:
        if event.t > standing.journey.clock and event.name in known:
            yield f"{event.name} at {standing.days.write(event.t)} waits for the clock"


def _counted(standing: Standing, moment: Moment, key: str | None) -> Counted:
    """Give the most that counts towards one opening at the clock."""
    part = standing.part()
    since = standing.journey.clock - moment.count_within if moment.count_within else 0
    found = [
        tuple(one for one in counted if one.t >= since)
        for counted_for, counted in (part.counted.get(moment.name, {}) if part else {}).items()
        if key in {None, counted_for}
    ]
    return max(found, key=len, default=())


def _unsilent(standing: Standing, moment: Moment, key: str | None) -> str:
    """Say since when a moment waits for a silence, if it does."""
    part = standing.part()
    armed = part.armed.get(moment.name, {}) if part else {}
    ends = [at for armed_for, (at, _) in armed.items() if key in {None, armed_for}]
    without = f"{_either(standing, moment.without)} since {_either(standing, moment.since)}"
    if not ends:
        return f"nothing waits for {without}"
    return f"it opens at {standing.days.write(min(ends))} without {without}"


def _waits(standing: Standing, word: Word, moment: Moment) -> Iterator[str]:
    """Say what an open instance waits for."""
    instance, write = standing.open_instance(word), standing.days.write
    if instance is None:
        return
    if moment.met and instance.left is None:
        until = "" if instance.due is None else f" until {write(instance.due)}"
        yield f"it waits for {_either(standing, moment.met)}{until}"
    if instance.quiet is not None:
        yield f"it is met at {write(instance.quiet)} without {_either(standing, moment.quiet)}"
    if instance.lapse is not None:
        without = _either(standing, moment.lapses_without)
        yield f"it lapses at {write(instance.lapse)} without {without}"


def _nearly(standing: Standing, mask: int) -> Iterator[str]:
    """Name the events that bear the name of one of these signals, but not its conditions."""
    names = {
        event
        for at, signal in enumerate(standing.model.signals)
        if mask >> at & 1
        for event, _ in signal.matches
    }
    near = [
        event
        for event in standing.seen
        if event.name in names and not standing.model.signals_of(event.name, event.fields) & mask
    ]
    for event in near[-_SHOWN:]:
        at = standing.days.write(event.t)
        yield f"{event.name} at {at}{_with(event)} is no signal {_either(standing, mask)}"


def _within(time: int | None) -> str:
    return f" within {write_duration(time)}" if time else ""


def _with(event: Event) -> str:
    fields = ", ".join(f"{path} {value!r}" for path, value in sorted(event.fields.items()))
    return f" with {fields}" if fields else ""


def _listed(standing: Standing, counted: Counted) -> str:
    shown = ", ".join(f"{ref.event} at {standing.days.write(ref.t)}" for ref in counted)
    return f" ({shown})" if shown else ""


def _either(standing: Standing, mask: int) -> str:
    return " or ".join(f"`{name}`" for name in standing.model.names_of(mask))

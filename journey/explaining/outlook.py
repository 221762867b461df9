"""What would change an open instance, or the stage: signals, and what the clock does by itself."""

from __future__ import annotations

from collections.abc import Iterator

from journey.explaining.case import Case
from journey.explaining.explanation import Outlook
from journey.explaining.phrases import either, write_left
from journey.instant import format_instant
from journey.tables import Moment
from journey.word import Instance


def outlook(case: Case, moment: Moment, instance: Instance) -> list[Outlook]:
    """Say what would change an open instance: by signals, then by the clock in its order."""
    timed = sorted(timetable(case, moment, instance), key=lambda one: one[0])
    return [
        *_by_signals(case, moment, instance),
        *(Outlook(to=to, words=words, at=format_instant(at)) for at, to, words in timed),
        *_paused(case, moment, instance),
    ]


def timetable(case: Case, moment: Moment, instance: Instance) -> Iterator[tuple[int, str, str]]:
    """Give when the clock changes an open instance (ms), into which state, and on what terms."""
    model, write = case.model, case.write
    if instance.risk is not None and instance.state == "open":
        yield instance.risk, "at_risk", f"it is at risk at {write(instance.risk)}"
    if instance.quiet is not None:
        quiet = either(model, moment.quiet)
        yield instance.quiet, "met", f"it is met at {write(instance.quiet)} if no {quiet} comes"
    if instance.due is not None:
        awaited = f" if no {either(model, moment.met)} comes" if moment.met else ""
        left = _left(case, moment, instance.due)
        yield instance.due, "missed", f"it is missed at {write(instance.due)}{awaited} ({left})"
    if instance.lapse is not None:
        without = either(model, moment.lapses_without)
        yield (
            instance.lapse,
            "lapsed",
            f"it lapses at {write(instance.lapse)} if no {without} comes",
        )


def stages_ahead(case: Case, stage: str | None) -> Iterator[Outlook]:
    """Say what would lead from a stage to others."""
    model = case.model
    if stage is None:
        yield Outlook(to=model.stages[0], words="any signal is the first")
        return
    here = model.stages.index(stage) if stage in model.stages else None
    on = {rule.place: 0 for rule in model.stage_rules}
    for rule in model.stage_rules:
        if here is None or here in rule.start:
            on[rule.place] |= rule.on
    for place, mask in on.items():
        if mask and model.stages[place] != stage:
            yield Outlook(to=model.stages[place], words=f"{either(model, mask)} leads there")


def _by_signals(case: Case, moment: Moment, instance: Instance) -> Iterator[Outlook]:
    model = case.model
    next_window = " and opens the next window" if moment.chained else ""
    for to, mask, words in (
        ("met", moment.met, f"meets it{next_window}"),
        ("met", moment.ends, "ends it, and it is met"),
        ("missed", moment.missed, "misses it"),
        ("lapsed", moment.lapses_on, "lets it lapse"),
        ("at_risk", moment.risk if instance.state == "open" else 0, "puts it at risk"),
        (instance.state, moment.reset, "has its time counted from the beginning again"),
        (instance.state, moment.pause if instance.left is None else 0, "stops its time"),
    ):
        if mask:
            yield Outlook(to=to, words=f"{either(model, mask)} {words}")


def _paused(case: Case, moment: Moment, instance: Instance) -> Iterator[Outlook]:
    """Say of an instance whose time stands still how much of it is left."""
    if instance.left is None:
        return
    last = case.last(moment.pause)
    by = "" if last is None else f" since {case.tell(last)}"
    left = _written(moment, instance.left)
    resume = either(case.model, moment.resume)
    words = f"its time stands still{by}, with {left}; {resume} lets it run on"
    yield Outlook(to=instance.state, words=words)


def _left(case: Case, moment: Moment, due: int) -> str:
    calendar = moment.calendar
    time = due - case.clock if calendar is None else calendar.between(case.clock, due)
    return _written(moment, time)


def _written(moment: Moment, time: int) -> str:
    left = f"{write_left(time, business=moment.calendar is not None)} left"
    return left if moment.calendar is None else f"{left} in calendar {moment.calendar.name}"

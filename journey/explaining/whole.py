"""The whole explanation of a journey: all models, what comes next, and the events themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from journey.engine import Engine
from journey.event import ANONYMOUS, Event
from journey.explaining.alerting import explain_alerts
from journey.explaining.case import Case, Seen, Write, seen_by
from journey.explaining.coming import coming
from journey.explaining.explanation import Explanation, ModelExplained, Origin, Refusal
from journey.explaining.instances import explain_moment
from journey.explaining.knowledge import explain_facts, explain_scores, explain_stage
from journey.instant import format_instant
from journey.journey import Journey
from journey.tables import Moment

Whose = Callable[[Event], str]
"""Says why an event belongs to whom it belongs."""


def explain(
    engine: Engine,
    journey: Journey,
    events: Sequence[Event] = (),
    *,
    moment: str | None = None,
    whose: Whose | None = None,
    write: Write = format_instant,
) -> Explanation:
    """Explain a journey that was advanced to its clock; it stays as it is.

    `events` are those of the subject that came, refused ones among them: without them, only
    what the history has kept can be told. `moment`: that one alone, in the models that have it.
    """
    seen = seen_by(engine, journey, events)
    cases = [Case(engine, line, journey, seen, write) for line in engine.lines]
    concerned = [case for case in cases if moment is None or moment in _moments(case)]
    ahead = [one for case in concerned for one in coming(case, moment)]
    return Explanation(
        subject=journey.subject,
        clock=format_instant(journey.reached),
        models=tuple(_explained(case, moment) for case in concerned),
        coming=tuple(one for _, one in sorted(ahead, key=lambda pair: pair[0])),
        waiting=tuple(_waiting(seen, journey.reached, write)),
        meaningless=tuple(sorted({one.name for one in seen if not engine.reads(one.name)})),
        refused=tuple(_refused(engine, events)),
        origins=tuple(_origins(engine, events, whose)) if whose else (),
    )


def _moments(case: Case) -> set[str]:
    return {moment.name for moment in case.model.moments}


def _all_moments(case: Case) -> Iterator[tuple[Case, Moment]]:
    """Give the moments of the version in force, and of others those on which there are words."""
    known = _moments(case)
    yield from ((case, moment) for moment in case.model.moments)
    for model in reversed(case.line.versions):
        for moment in model.moments:
            if moment.name not in known and case.words(moment.name):
                known.add(moment.name)
                yield case.under(model.version), moment


def _explained(case: Case, only: str | None) -> ModelExplained:
    found = [(of, one) for of, one in _all_moments(case) if only in {None, one.name}]
    moments = [one for _, one in found]
    return ModelExplained(
        model=case.line.name,
        version=case.model.version,
        stage=explain_stage(case),
        moments=tuple(explain_moment(of, one) for of, one in found),
        facts=tuple(explain_facts(case)),
        scores=tuple(explain_scores(case)),
        alerts=tuple(alert for one in moments for alert in explain_alerts(case, one.name)),
        until=_until(case),
    )


def _until(case: Case) -> str | None:
    """Say when the life ends, if no more comes."""
    settings = case.engine.settings
    anonymous = case.journey.subject.startswith(ANONYMOUS)
    life = settings.anonymous_life if anonymous else settings.known_life
    last = case.part.last_t
    return None if last is None else format_instant(last + life)


def _waiting(seen: Iterable[Seen], clock: int, write: Write) -> list[str]:
    return [f"{one.name} at {write(one.t)} waits for the clock" for one in seen if one.t > clock]


def _refused(engine: Engine, events: Iterable[Event]) -> list[Refusal]:
    return [
        Refusal(message_id=one.message_id, event=one.name, at=format_instant(one.t), why=why)
        for one in events
        if (why := engine.refusal(one)) is not None
    ]


def _origins(engine: Engine, events: Iterable[Event], whose: Whose) -> list[Origin]:
    """Put events together that are the subject's for one reason, in the order of the first."""
    times: dict[str, list[int]] = {}
    for event in events:
        if engine.refusal(event) is None:
            times.setdefault(whose(event), []).append(event.t)
    return [
        Origin(why=why, events=len(ts), first=format_instant(min(ts)), last=format_instant(max(ts)))
        for why, ts in sorted(times.items(), key=lambda one: min(one[1]))
    ]

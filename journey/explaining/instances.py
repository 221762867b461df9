"""Why an instance is in its state, and what might change it."""

from __future__ import annotations

from journey.alerts import evidence
from journey.clocks import next_change
from journey.explaining.case import Case
from journey.explaining.explanation import InstanceExplained, MomentExplained, Outlook
from journey.explaining.near import nearly
from journey.explaining.opening import unopened
from journey.explaining.outlook import outlook
from journey.instant import format_instant
from journey.tables import Moment
from journey.word import Instance, Word


def explain_moment(case: Case, moment: Moment) -> MomentExplained:
    """Explain all instances of a moment, and if none of them is open, why none is."""
    is_open = moment.name in case.part.open
    return MomentExplained(
        moment=moment.name,
        title=moment.title,
        instances=tuple(
            _explained(case.under(one.version), one) for one in case.words(moment.name)
        ),
        unopened=() if is_open else tuple(unopened(case, moment)),
    )


def because(case: Case, word: Word) -> str:
    """Say why an instance is in its state: the rule that fired, and the events that it cites."""
    events = ", ".join(f"{ref.event} at {case.write(ref.t)} ({ref.role})" for ref in word.evidence)
    return f"{word.reason}, by {events}"


def still_ahead(case: Case, word: Word) -> list[str]:
    """Say what would change an instance; nothing once it is closed."""
    return [one.words for one in _outlook(case, word)]


def missed_chances(case: Case, word: Word, mask: int) -> list[str]:
    """Tell of events since an instance opened that nearly were one of these signals."""
    return nearly(case, mask, word.opened)


def leading_to(moment: Moment, state: str) -> int:
    """Give the mask of the signals that bring an instance into a state."""
    by_state = {
        "met": moment.met | moment.ends,
        "missed": moment.missed,
        "at_risk": moment.risk,
        "lapsed": moment.lapses_on,
    }
    return by_state.get(state, 0)


def moment_of(case: Case, word: Word) -> Moment:
    """Give the moment that a word is about, as its version of the model has it."""
    return case.model.moments[case.model.place_of(word.moment or "")]


def _explained(case: Case, word: Word) -> InstanceExplained:
    moment, instance = moment_of(case, word), case.instance(word)
    ahead = None if instance is None else next_change(instance)
    return InstanceExplained(
        instance=word.instance,
        version=word.version,
        key=word.key,
        state=word.to,
        opened=format_instant(word.opened),
        since=format_instant(word.at),
        why=because(case, word),
        evidence=evidence(word.evidence),
        deadline=_deadline(word, instance),
        next=None if ahead is None else format_instant(ahead),
        paused=instance is not None and instance.left is not None,
        value=word.value,
        currency=word.currency,
        labels=dict(word.labels if instance is None else instance.labels),
        facts=dict(word.facts),
        outlook=_outlook(case, word),
        nearly=()
        if instance is None
        else tuple(missed_chances(case, word, moment.closing | moment.risk)),
    )


def _outlook(case: Case, word: Word) -> tuple[Outlook, ...]:
    instance = case.instance(word)
    return () if instance is None else tuple(outlook(case, moment_of(case, word), instance))


def _deadline(word: Word, instance: Instance | None) -> str | None:
    """Write the deadline: the present one of what is open, else that of the word."""
    due = word.deadline if instance is None else instance.due
    return None if due is None else format_instant(due)

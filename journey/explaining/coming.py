"""What the clock will do next: deadlines of open instances, and silences that would open some."""

from __future__ import annotations

from collections.abc import Iterator

from journey.explaining.case import Case
from journey.explaining.explanation import Coming
from journey.explaining.opening import silences
from journey.explaining.outlook import timetable
from journey.instant import format_instant


def coming(case: Case, only: str | None) -> Iterator[tuple[int, Coming]]:
    """Give all that the clock will do in a model, or to one moment of it, with its instant (ms)."""
    for name, by_key in case.part.open.items():
        for instance in by_key.values():
            under = case.under(instance.version)
            moment = under.model.moments[under.model.place_of(name)]
            if only in {None, name}:
                for at, to, words in timetable(under, moment, instance):
                    yield at, _said(case, at, name, instance.key, to, words)
    for moment in case.model.moments:
        # A silence that ends while an instance of its key is open opens nothing.
        taken = case.part.open.get(moment.name, {})
        if only in {None, moment.name}:
            for at, key, why in silences(case, moment):
                if key not in taken:
                    words = f"it opens at {case.write(at)} {why}"
                    yield at, _said(case, at, moment.name, key, "open", words)


def _said(case: Case, at: int, moment: str, key: str | None, to: str, words: str) -> Coming:
    return Coming(
        at=format_instant(at), model=case.line.name, moment=moment, key=key, to=to, words=words
    )

"""How often moments are met: counts of last words by moment, by stage and by week."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from rich.console import Console
from rich.table import Table

from journey.instant import SECOND, parse_instant
from journey.replaying import last_words
from journey.said import Transition

_STATES: Final = ("open", "at_risk", "met", "missed", "lapsed")
_PIPED: Final = 200
"""Columns where standard output is no terminal: nobody looks, so nothing is wrapped."""

_Counts = dict[tuple[str, str], Counter[str]]


class Summary:
    """Counts moments by their last word, subject after subject; keeps only the counts."""

    def __init__(self) -> None:
        self._counts: dict[str, _Counts] = {"moment": {}, "stage": {}, "week": {}}

    def count(self, transitions: Sequence[Transition]) -> None:
        """Count the last words of all that is said of a subject."""
        for one in last_words(transitions).values():
            if one.moment is None:
                continue
            self._add("moment", one, one.moment)
            self._add("stage", one, one.stage or "-")
            self._add("week", one, _week(one.at))

    def write(self) -> None:
        """Print a table by moment, one by stage and one by week, each the worst first."""
        terminal = sys.stdout.isatty()
        console = Console() if terminal else Console(width=_PIPED)
        with console.capture() as text:
            for by, counts in self._counts.items():
                console.print(_table(by, counts))
        sys.stdout.write(text.get())

    def _add(self, by: str, one: Transition, what: str) -> None:
        self._counts[by].setdefault((one.model, what), Counter())[one.to] += 1


def _week(at: str) -> str:
    """Give the ISO week, in UTC, as `2026-W09`."""
    day = datetime.fromtimestamp(parse_instant(at) // SECOND, UTC)
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _table(by: str, counts: _Counts) -> Table:
    table = Table("model", by, "all", *_STATES, "met of decided")
    for (model, what), by_state in sorted(counts.items(), key=_badness):
        states = (str(by_state[state]) for state in _STATES)
        decided = by_state["met"] + by_state["missed"]
        rate = f"{by_state['met'] / decided:.0%}" if decided else "none"
        table.add_row(model, what, str(by_state.total()), *states, rate)
    return table


def _badness(row: tuple[tuple[str, str], Counter[str]]) -> tuple[float, int, tuple[str, str]]:
    """Sort by the part met of what is decided, then by how many were missed; undecided last."""
    what, by_state = row
    decided = by_state["met"] + by_state["missed"]
    return (by_state["met"] / decided if decided else 2.0, -by_state["missed"], what)

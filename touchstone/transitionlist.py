"""Transitions as `replay` prints them: JSON lines, a table, or a summary."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

from journey.replaying import last_words
from journey.said import Transition
from topics.wire import encode_transition

FORMATS: Final = ("jsonl", "table", "summary")
_STATES: Final = ("open", "at_risk", "met", "missed", "lapsed")


def write(transitions: Sequence[Transition], form: str) -> None:
    """Print transitions on standard output in one of FORMATS."""
    if form == "jsonl":
        for one in transitions:
            sys.stdout.buffer.write(encode_transition(one) + b"\n")
        sys.stdout.flush()
    else:
        console = Console()
        with console.capture() as text:
            console.print(_table(transitions) if form == "table" else _summary(transitions))
        sys.stdout.write(text.get())


def _table(transitions: Sequence[Transition]) -> Table:
    table = Table("at", "subject", "model", "moment", "key", "from", "to", "reason")
    for one in transitions:
        what = one.moment or "stage"
        cells = (one.at, one.subject, one.model, what, one.key, one.from_, one.to, one.reason)
        table.add_row(*(cell or "" for cell in cells))
    return table


def _summary(transitions: Sequence[Transition]) -> Table:
    """Count moments by their last word; the one met least often comes first."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for one in last_words(transitions).values():
        if one.moment is not None:
            counts.setdefault((one.model, one.moment), Counter())[one.to] += 1
    table = Table("model", "moment", "all", *_STATES, "met of decided")
    for (model, moment), by_state in sorted(counts.items(), key=lambda item: _rate(item[1])):
        states = (str(by_state[state]) for state in _STATES)
        decided = by_state["met"] + by_state["missed"]
        rate = f"{_rate(by_state):.0%}" if decided else "none"
        table.add_row(model, moment, str(by_state.total()), *states, rate)
    return table


def _rate(by_state: Counter[str]) -> float:
    decided = by_state["met"] + by_state["missed"]
    return by_state["met"] / decided if decided else 1.0

"""The table at the end: what each kind of fault costs in seconds without output."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import NamedTuple

_HEAD = ("fault", "rounds", "lasted", "one partition", "worst", "all of them", "worst")
_LINE = "{:<18}{:>8}{:>10}{:>16}{:>9}{:>14}{:>9}"


class Silence(NamedTuple):
    """Of one round, seconds: how long the fault lasted, and how long nothing was said."""

    lasted: float
    one: float
    all: float


class Silences:
    """Collects by kind, of the rounds that had one fault only."""

    def __init__(self) -> None:
        self._found: dict[str, list[Silence]] = defaultdict(list)

    def add(self, kind: str, silence: Silence) -> None:
        self._found[kind].append(silence)

    def lines(self) -> list[str]:
        """Give the table, a line each: medians, with the worst beside."""
        lines = [_LINE.format(*_HEAD)]
        for kind, found in sorted(self._found.items()):
            lasted, one, every = zip(*found, strict=True)
            figures = [median(lasted), median(one), max(one), median(every), max(every)]
            lines.append(_LINE.format(kind, len(found), *(f"{figure:.1f} s" for figure in figures)))
        return lines

"""The names that a model gives to things, and what they stand for where they are used."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from journey.language.document import Document, Path
from journey.language.duration import Span, parse_duration, parse_span
from journey.language.grammar import Names
from journey.language.nearest import expected
from journey.language.parts import Parts
from journey.language.scope import Scope, outcomes_of


def listed(names: Names | None) -> list[str]:
    """Give names as a list, whether one, several or none were written."""
    if names is None:
        return []
    return [names] if isinstance(names, str) else names


class Lexicon:
    """What the names in a model stand for. Every question says where the name is used.

    All questions raise ModelError for a name that is not known.
    """

    def __init__(self, document: Document, parts: Parts) -> None:
        self.document = document
        self.parts = parts
        names = [*parts.signals, *(name for one in parts.moments for name in outcomes_of(one))]
        self._bits = {name: 1 << at for at, name in enumerate(names)}
        self.anywhere = Scope(document, self._bits, {})

    def above_signal(self, name: str) -> Scope:
        """Give what a derived signal may name: the signals above it, and every outcome."""
        signals = list(self.parts.signals)
        below = signals[signals.index(name) :]
        why = f"is not declared above {name!r}"
        return Scope(self.document, self._bits, dict.fromkeys(below, why))

    def above_moment(self, name: str) -> Scope:
        """Give what a moment's rules may name: signals, and outcomes of the moments above it.

        A signal that is derived from outcomes of other moments alone comes too late for it, too.
        """
        moments = list(self.parts.moments)
        below = moments[moments.index(name) :]
        hidden = {outcome for one in below for outcome in outcomes_of(one)}
        for signal, spec in self.parts.signals.items():
            if spec.of is not None and hidden.issuperset(listed(spec.of)):
                hidden.add(signal)
        why = f"comes from a moment that is not declared above {name!r}"
        return Scope(self.document, self._bits, dict.fromkeys(hidden, why))

    def bit(self, name: str) -> int:
        """Give the bit of a signal or outcome that is known."""
        return self._bits[name]

    def place_of_stage(self, name: str, path: Path) -> int:
        """Give the place of a stage in the list."""
        return self._index(name, self.parts.stages, path, "a stage")

    def fact(self, name: str, path: Path) -> int:
        """Give the index of a fact."""
        return self._index(name, self.parts.facts, path, "a fact")

    def score(self, name: str, path: Path) -> int:
        """Give the index of a score."""
        return self._index(name, self.parts.scores, path, "a score")

    def moment(self, name: str, path: Path) -> int:
        """Give the index of a moment."""
        return self._index(name, self.parts.moments, path, "a moment")

    def conditions(self, names: Names | None, path: Path) -> tuple[int, ...]:
        """Give the indices of conditions."""
        known = self.parts.conditions
        return tuple(
            self._index(name, known, place, "a condition") for name, place in places(names, path)
        )

    def duration(self, text: str | None, path: Path) -> int | None:
        """Give a length of plain time in ms."""
        if text is None:
            return None
        try:
            return parse_duration(text)
        except ValueError as fault:
            raise self.document.error(path, str(fault)) from fault

    def span(self, text: str, path: Path) -> Span:
        """Give a length of time, of plain or business hours."""
        try:
            return parse_span(text)
        except ValueError as fault:
            raise self.document.error(path, str(fault)) from fault

    def known(self, name: str, known: Collection[str], path: Path, what: str) -> str:
        """Give a name that is known."""
        if name in known:
            return name
        raise self.document.error(
            path, f"{name!r} is not {what} of this model; {expected(name, known)}"
        )

    def _index(self, name: str, known: Collection[str], path: Path, what: str) -> int:
        return list(known).index(self.known(name, known, path, what))


def places(names: Names | None, path: Path) -> Iterable[tuple[str, Path]]:
    """Give each name with its place: its own in a list, else that of its keyword."""
    if isinstance(names, list):
        return [(name, (*path, at)) for at, name in enumerate(names)]
    return [(name, path) for name in listed(names)]

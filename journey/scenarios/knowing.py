"""From `facts` and `scores` under `expect` to what must be known, with errors that say where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from journey.explaining.plain import write
from journey.language.conditions import compile_where
from journey.language.converting import convert
from journey.language.document import Document, Path
from journey.language.grammar import Condition
from journey.model import Model
from journey.scenarios.expected_knowledge import Knowledge, ValueIs
from journey.tables import Score

KINDS: Final = ("facts", "scores")

_NONE: Final = "none"
_VALUE: Final = "value"


class Knowing:
    """Reads what must be known in one model."""

    def __init__(self, document: Document, model: Model) -> None:
        self._document = document
        self._facts = [fact.name for fact in model.facts]
        self._scores = {score.name: score for score in model.scores}

    def knowledge(self, kind: str, value: Any, path: Path) -> Knowledge:
        """Read `{contacts: 3}` or `{impression: {channel: web, value: 1}}`. Raises ModelError."""
        if not isinstance(value, dict):
            raise self._error(path, f"{value!r} says no {kind}; expected {{name: value}}")
        known = self._facts if kind == "facts" else list(self._scores)
        found: list[ValueIs] = []
        for name, wanted in value.items():
            here = (*path, name)
            self._check(name, known, here, f"a {kind[:-1]} of this model")
            score = self._scores[name] if kind == "scores" else None
            found += [self._value(name, one, score, at) for one, at in _each(wanted, score, here)]
        return Knowledge(kind, tuple(found))

    def _value(self, name: str, wanted: Any, score: Score | None, path: Path) -> ValueIs:
        if score is None or not score.by:
            return self._tested(name, {}, wanted, path)
        expected = f"expected {{{', '.join(f'{one}: …' for one in score.by)}, value: …}}"
        if not isinstance(wanted, dict) or _VALUE not in wanted:
            raise self._error(path, f"{name} is kept by {' and '.join(score.by)}; {expected}")
        for attribute in wanted:
            what = f"what {name} is kept by"
            self._check(attribute, [*score.by, _VALUE], (*path, attribute), what)
        by: dict[str, str] = {one: str(wanted[one]) for one in score.by if one in wanted}
        return self._tested(name, by, wanted[_VALUE], (*path, _VALUE))

    def _tested(self, name: str, by: Mapping[str, str], wanted: Any, path: Path) -> ValueIs:
        written = _written(wanted)
        if wanted == _NONE:
            wanted = Condition(exists=False)
        elif isinstance(wanted, dict):
            wanted = convert(self._document, wanted, Condition, path)
        test = compile_where({name: wanted})
        assert test is not None, "there is one condition"
        return ValueIs(name, by, test, written)

    def _check(self, name: str, known: list[str], path: Path, what: str) -> None:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            expected = f"expected {near[0]!r}" if near else f"expected one of {', '.join(known)}"
            raise self._error(path, f"{name!r} is not {what}; {expected}")

    def _error(self, path: Path, message: str) -> Exception:
        return self._document.error(path, message)


def _each(wanted: Any, score: Score | None, path: Path) -> Iterator[tuple[Any, Path]]:
    """Give the numbers that are expected of a score that has several; else the one value."""
    if score is not None and score.by and isinstance(wanted, list):
        yield from ((one, (*path, at)) for at, one in enumerate(wanted))
    else:
        yield wanted, path


def _written(wanted: Any) -> str:
    if isinstance(wanted, dict):
        return " and ".join(f"{word} {_written(value)}" for word, value in wanted.items())
    return " or ".join(map(write, wanted)) if isinstance(wanted, list) else write(wanted)

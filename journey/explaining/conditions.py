"""Why a condition held or did not: what it asks for, and the value seen."""

from __future__ import annotations

from collections.abc import Iterator

from journey import facts, scores
from journey.cause import Cause
from journey.explaining.plain import plain, write
from journey.scores import MILLIONTHS
from journey.tables import Test


class Asked:
    """The conditions of a model, asked where something happens: a signal is at hand."""

    def __init__(self, cause: Cause) -> None:
        self._cause = cause
        self._model = cause.model
        self._part = cause.scene.part
        self._t = cause.t

    def failing(self, tests: tuple[int, ...]) -> Iterator[str]:
        """Tell of those that do not hold: `bond is at least 20: it is 12.5`."""
        for test in self._tests(tests):
            if not self._holds(test):
                yield from self._why_not(test)

    def holding(self, tests: tuple[int, ...]) -> Iterator[str]:
        """Tell of those that hold: `said-no` because consent is false."""
        for test in self._tests(tests):
            if self._holds(test):
                yield f"`{test.name}` held: {test.words} ({self._said(test)})"

    def seen(self, tests: tuple[int, ...]) -> str:
        """Tell all that these ask about as it is: `bond is 12.5, trouble is open`."""
        values = dict(value for test in self._tests(tests) for value in self._values(test))
        return ", ".join(f"{about} is {value}" for about, value in values.items())

    def _why_not(self, test: Test) -> Iterator[str]:
        if test.kind == "all":
            yield from self.failing(test.parts)
        else:
            yield f"{test.words}: {self._said(test)}"

    def _said(self, test: Test) -> str:
        """Say what is seen of all that a condition asks about; each once."""
        values = dict(self._values(test))
        if len(values) == 1:
            return f"it is {next(iter(values.values()))}"
        return ", ".join(f"{about} is {value}" for about, value in values.items())

    def _values(self, test: Test) -> Iterator[tuple[str, str]]:
        if not test.parts:
            yield self._value(test)
        for part in self._tests(test.parts):
            yield from self._values(part)

    def _value(self, test: Test) -> tuple[str, str]:
        match test.kind:
            case "fact":
                fact = self._model.facts[test.index]
                value = plain(facts.shown(self._part, fact, self._t))
                return fact.name, write(value, nothing="unknown")
            case "stage":
                return "the stage", write(self._part.stage)
            case "open":
                moment = self._model.moments[test.index].name
                return moment, "open" if moment in self._part.open else "not open"
            case _:
                return self._score(test)

    def _score(self, test: Test) -> tuple[str, str]:
        score = self._model.scores[test.index]
        slot = scores.slot_reader(score, self._cause.plan.readings)(self._cause.scene.fields)
        value = f"{scores.value_at(self._part, score, slot, self._t) / MILLIONTHS:g}"
        if test.below_others is None:
            return score.name, value
        gap, others = scores.gap_to_others(self._part, score, slot, self._t)
        below = f"{gap / others / MILLIONTHS:g} below the others" if others else "there is no other"
        return score.name, f"{value}, {below}"

    def _tests(self, places: tuple[int, ...]) -> list[Test]:
        return [self._model.tests[at] for at in places]

    def _holds(self, test: Test) -> bool:
        return self._cause.plan.holding(self._model.tests.index(test))(self._cause)

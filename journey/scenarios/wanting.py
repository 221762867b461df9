"""From what stands under `expect` to expectations, with errors that say where and what is known."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any, get_args

import msgspec

from journey.language.converting import convert
from journey.language.document import Document, Path
from journey.model import Model
from journey.said import AlertStatus, State
from journey.scenarios.days import Days
from journey.scenarios.expectations import Admission, Expectation, Stage
from journey.scenarios.expected_alerts import Alerts
from journey.scenarios.knowing import KINDS, Knowing
from journey.scenarios.expected_moments import MomentIs, Moments
from journey.scenarios.grammar import AlertSpec, MomentSpec

_STATES = get_args(State)
_STATUSES = get_args(AlertStatus)
_NONE = "none"


class Wanting:
    """Reads expectations about one model; `days` is how the scenario counts time."""

    def __init__(self, document: Document, model: Model, days: Days) -> None:
        self._document = document
        self._model = model
        self._days = days
        self._knowing = Knowing(document, model)

    def expectation(self, name: str, value: Any, path: Path) -> Expectation:
        """Read one line of `expect`: `fmot: missed`, `smot o-1: [met, open]`, `stage: use`.

        Raises ModelError.
        """
        if name == "stage":
            return self._stage(value, path)
        if name in KINDS:
            return self._knowing.knowledge(name, value, path)
        if name == "event":
            self._known(str(value), ("refused",), path, "what an event may be")
            return Admission(refused=True)
        first, _, rest = name.partition(" ")
        if first == "alert":
            moment, key = self._addressed(rest, path)
            return Alerts(moment, key, tuple(self._alert(*one) for one in _each(value, path)))
        moment, key = self._addressed(name, path)
        return Moments(moment, key, tuple(self._moment(*one) for one in _each(value, path)))

    def _instant(self, text: str, path: Path) -> int:
        """Read an instant that stands by itself, as ms. Raises ModelError."""
        try:
            return self._days.read(text)
        except ValueError as fault:
            raise self._document.error(path, str(fault)) from fault

    def _known(self, word: str, known: Collection[str], path: Path, what: str) -> str:
        """Give a word that must be one of those known. Raises ModelError with the nearest."""
        if word in known:
            return word
        near = get_close_matches(word, known, n=1)
        expected = f"expected {near[0]!r}" if near else f"expected one of {', '.join(known)}"
        raise self._document.error(path, f"{word!r} is not {what}; {expected}")

    def _addressed(self, text: str, path: Path) -> tuple[str, str | None]:
        """Read a moment's name, and a key after it."""
        name, _, key = text.partition(" ")
        moments = [moment.name for moment in self._model.moments]
        return self._known(name, moments, path, "a moment of this model"), key or None

    def _stage(self, value: Any, path: Path) -> Stage:
        name, at = self._split(value, path)
        if name == _NONE:
            return Stage(None)
        return Stage(self._known(name, self._model.stages, path, "a stage of this model"), at)

    def _moment(self, value: Any, path: Path) -> MomentIs:
        if not isinstance(value, dict):
            state, at = self._split(value, path)
            return MomentIs(self._state(state, path), at)
        spec = convert(self._document, value, MomentSpec, path)
        return MomentIs(
            state=self._state(spec.state, (*path, "state")),
            at=None if spec.at is None else self._instant(spec.at, (*path, "at")),
            key=spec.key,
            deadline=None
            if spec.deadline is None
            else self._instant(spec.deadline, (*path, "deadline")),
            value=spec.value,
            currency=spec.currency,
            reason=spec.reason,
            labels=spec.labels,
            facts=spec.facts,
        )

    def _state(self, text: str, path: Path) -> str:
        word = text.replace("-", "_").replace(" ", "_")
        return self._known(word, _STATES, path, "a state of a moment")

    def _alert(self, value: Any, path: Path) -> dict[str, object]:
        if not isinstance(value, dict):
            return {"status": self._known(str(value), _STATUSES, path, "a status of an alert")}
        spec = convert(self._document, value, AlertSpec, path)
        fields = msgspec.structs.asdict(spec).items()
        return {name: wanted for name, wanted in fields if wanted is not None}

    def _split(self, value: Any, path: Path) -> tuple[str, int | None]:
        """Read `met at day 2 10:00` as a word and an instant; `at risk` is a word."""
        if not isinstance(value, str):
            raise self._document.error(
                path, f"{value!r} is not a state; expected a word, such as met or met at 10:00"
            )
        word, _, at = value.partition(" at ")
        return word, self._instant(at, path) if at else None


def _each(value: Any, path: Path) -> list[tuple[Any, Path]]:
    """Give the single values of one, of a list, or of `none`, and where they stand."""
    if value == _NONE:
        return []
    if isinstance(value, list):
        return [(one, (*path, at)) for at, one in enumerate(value)]
    return [(value, path)]

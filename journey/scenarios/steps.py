"""Steps of a scenario: what arrives when, and what must be true then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from journey.event import ACCOUNT
from journey.language.converting import convert
from journey.language.document import Document, Path
from journey.model import Model
from journey.scenarios.days import Days
from journey.scenarios.expectations import Admission, Expectation
from journey.scenarios.fields import KEYWORDS, check_keys, content
from journey.scenarios.grammar import StepSpec
from journey.scenarios.wanting import Wanting


class Arrival(msgspec.Struct, frozen=True):
    """An event as it arrives: its name, own time (ms), id, and the rest of what it says.

    `who` is the user id of the one of an account's people who did it, where the story says so.
    """

    name: str
    happened: int
    message_id: str
    content: dict[str, Any]
    who: str | None = None


class Step(msgspec.Struct, frozen=True):
    """A point in time (ms): what arrives, and what must be true then, by how the file calls it.

    `line` is where it stands in the file.
    """

    line: int
    at: int
    arrival: Arrival | None
    expected: tuple[tuple[str, Expectation], ...]


class StepReader:
    """Reads steps about one model, in a scenario of a subject that counts time by `days`."""

    def __init__(self, document: Document, model: Model, subject: str, days: Days) -> None:
        self._document = document
        self._has_people = subject.startswith(ACCOUNT)
        self._days = days
        self._wanting = Wanting(document, model, days)

    def steps(self, raw_steps: list[Any], path: Path) -> Iterator[Step]:
        """Read the steps at a path in their order, which is that of arrival. Raises ModelError."""
        before: int | None = None
        for number, raw in enumerate(raw_steps):
            step = self._step(raw, before, number, (*path, number))
            if before is not None and step.at < before:
                raise self._document.error(
                    (*path, number, "at"),
                    f"{raw['at']!r} is before the step above; expected steps in the order of "
                    "arrival (an event that is late says when it `happened`)",
                )
            before = step.at
            yield step

    def _step(self, raw: Any, before: int | None, number: int, path: Path) -> Step:
        if not isinstance(raw, dict):
            raise self._document.error(path, f"{raw!r} is not a step; expected {{at: …, event: …}}")
        check_keys(self._document, raw, path)
        keywords = {name: value for name, value in raw.items() if name in KEYWORDS}
        spec = convert(self._document, keywords, StepSpec, path)
        if spec.who is not None and not self._has_people:
            raise self._document.error(
                (*path, "who"), "`who` is for accounts; expected `subject: account:…` above it"
            )
        at = self._instant(spec.at, before, (*path, "at"))
        arrival = None
        if spec.event is not None:
            arrival = Arrival(
                name=spec.event,
                happened=at
                if spec.happened is None
                else self._instant(spec.happened, at, (*path, "happened")),
                message_id=spec.message_id or f"step-{number + 1}",
                content=content(self._document, raw, path),
                who=spec.who,
            )
        line = self._document.error(path, "").line
        return Step(line, at, arrival, tuple(self._expected(spec, path).items()))

    def _expected(self, spec: StepSpec, path: Path) -> dict[str, Expectation]:
        if spec.event is None and not spec.expect:
            raise self._document.error(path, "an empty step; expected `event` or `expect`")
        if spec.event is None and "event" in spec.expect:
            raise self._document.error((*path, "expect", "event"), "there is no event in this step")
        found: dict[str, Expectation] = {}
        if spec.event is not None:
            found["event"] = Admission(refused=False)
        for name, value in spec.expect.items():
            found[name] = self._wanting.expectation(name, value, (*path, "expect", name))
        return found

    def _instant(self, text: str, origin: int | None, path: Path) -> int:
        try:
            return self._days.read_from(text, origin)
        except ValueError as fault:
            raise self._document.error(path, str(fault)) from fault

"""From a scenario file's text to scenarios whose every word is known to the model."""

from __future__ import annotations

from typing import Any

import msgspec

from journey.language.converting import convert
from journey.language.document import Document
from journey.model import Model
from journey.scenarios.days import Days
from journey.scenarios.grammar import ScenarioSpec
from journey.scenarios.steps import Step, StepReader

_SUBJECTS = ("person:", "anon:", "account:")


class Scenario(msgspec.Struct, frozen=True):
    """A story of a customer or an account, and its place in `source`: `line`."""

    source: str
    line: int
    title: str
    subject: str
    days: Days
    steps: tuple[Step, ...]


def read_scenarios(text: str, source: str, model: Model) -> list[Scenario]:
    """Read the scenarios of a model; `source` names the file in errors. Raises ModelError."""
    document = Document(text, source)
    if not isinstance(document.values, list) or not document.values:
        raise document.error((), "not a list of scenarios; expected `- scenario: …`")
    found: dict[str, Scenario] = {}
    for at, value in enumerate(document.values):
        scenario = _scenario(document, model, value, at)
        if scenario.title in found:
            raise document.error((at, "scenario"), f"{scenario.title!r} stands twice")
        found[scenario.title] = scenario
    return list(found.values())


def _scenario(document: Document, model: Model, value: Any, number: int) -> Scenario:
    spec = convert(document, value, ScenarioSpec, (number,))
    if not spec.subject.startswith(_SUBJECTS) or spec.subject in _SUBJECTS:
        raise document.error(
            (number, "subject"), f"{spec.subject!r} is not a subject; expected such as person:u42"
        )
    if not spec.steps:
        raise document.error((number, "steps"), "there is no step; expected at least one")
    days = _days(document, spec, number)
    reader = StepReader(document, model, spec.subject, days)
    return Scenario(
        source=document.source,
        line=document.error((number,), "").line,
        title=spec.scenario,
        subject=spec.subject,
        days=days,
        steps=tuple(reader.steps(spec.steps, (number, "steps"))),
    )


def _days(document: Document, spec: ScenarioSpec, number: int) -> Days:
    """Let the first step say which day is the first."""
    first = spec.steps[0].get("at") if isinstance(spec.steps[0], dict) else None
    try:
        return Days.of(first) if isinstance(first, str) else Days()
    except ValueError as fault:
        raise document.error((number, "steps", 0, "at"), str(fault)) from fault

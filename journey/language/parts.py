"""The parts of a model that have names, each read as its mapping."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec

from journey.language.converting import convert
from journey.language.document import Document, Path
from journey.language.grammar import (
    CalendarSpec,
    FactSpec,
    Keywords,
    ModelSpec,
    MomentSpec,
    ScoreSpec,
    SignalSpec,
    StageSpec,
    StateSpec,
)
from journey.language.settings import settled

NAMED: Final[dict[str, type[Keywords]]] = {
    "stages": StageSpec,
    "calendars": CalendarSpec,
    "signals": SignalSpec,
    "facts": FactSpec,
    "scores": ScoreSpec,
    "conditions": StateSpec,
    "moments": MomentSpec,
}
"""What the names under a model's keywords stand for; the grammar leaves these open."""

_Spec = TypeVar("_Spec", bound=Keywords)


class Parts(msgspec.Struct, frozen=True):
    """A model's values, well formed, before what they name is looked up.

    Calendars stand for themselves, and are in `spec` alone.
    """

    spec: ModelSpec
    stages: dict[str, StageSpec]
    signals: dict[str, SignalSpec]
    facts: dict[str, FactSpec]
    scores: dict[str, ScoreSpec]
    conditions: dict[str, StateSpec]
    moments: dict[str, MomentSpec]


def read_parts(document: Document) -> Parts:
    """Read a model's values and all that it names. Raises ModelError for a wrong form."""
    spec = convert(document, settled(document), ModelSpec, ())
    return Parts(
        spec=spec,
        stages=_stages(document, spec),
        signals=_named(document, spec.signals, SignalSpec, "signals"),
        facts=_named(document, spec.facts, FactSpec, "facts"),
        scores=_named(document, spec.scores, ScoreSpec, "scores"),
        conditions=_named(document, spec.conditions, StateSpec, "conditions"),
        moments=_named(document, spec.moments, MomentSpec, "moments"),
    )


def _named(
    document: Document, values: dict[str, Any], kind: type[_Spec], word: str
) -> dict[str, _Spec]:
    return {name: convert(document, value, kind, (word, name)) for name, value in values.items()}


def _stages(document: Document, spec: ModelSpec) -> dict[str, StageSpec]:
    """Read stages that are listed by name alone, or with what leads to them."""
    if isinstance(spec.stages, dict):
        # A stage without anything below it is written as a name and a colon.
        given = {name: {} if value is None else value for name, value in spec.stages.items()}
        return _named(document, given, StageSpec, "stages")
    stages: dict[str, StageSpec] = {}
    for at, name in enumerate(spec.stages):
        if name in stages:
            place: Path = ("stages", at)
            raise document.error(place, f"stage {name!r} is named twice; expected it once")
        stages[name] = StageSpec()
    return stages

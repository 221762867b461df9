"""The words of the model language. Each class is a mapping in the YAML, each field a keyword.

Durations are written with their unit (`7d`, `24h`, `8 business hours`). Wherever a duration, a
number or another value stands, a setting may be named (`$cart-patience`). Keywords with a hyphen
are fields with an underscore here. The reference in docs/ is made from these classes, their
docstrings and what `Meta` says of each field.
"""

from __future__ import annotations

from journey.language.grammar.base import Keywords, Names, Scalar
from journey.language.grammar.endings import (
    AtRiskSpec,
    ClockSpec,
    EndsSpec,
    EverySpec,
    LapsesSpec,
    MetSpec,
    MissedSpec,
    OpensSpec,
    PauseSpec,
)
from journey.language.grammar.events import Condition, EventMatch, ReadSpec, SignalSpec, Where
from journey.language.grammar.knowledge import FactSpec, ScoreSpec, StateSpec
from journey.language.grammar.model import CalendarSpec, EntersSpec, ModelSpec, StageSpec
from journey.language.grammar.moments import AlertSpec, MomentSpec

__all__ = [
    "AlertSpec",
    "AtRiskSpec",
    "CalendarSpec",
    "ClockSpec",
    "Condition",
    "EndsSpec",
    "EntersSpec",
    "EventMatch",
    "EverySpec",
    "FactSpec",
    "Keywords",
    "LapsesSpec",
    "MetSpec",
    "MissedSpec",
    "ModelSpec",
    "MomentSpec",
    "Names",
    "OpensSpec",
    "PauseSpec",
    "ReadSpec",
    "Scalar",
    "ScoreSpec",
    "SignalSpec",
    "StageSpec",
    "StateSpec",
    "Where",
]

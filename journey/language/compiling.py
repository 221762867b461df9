"""From the grammar's values to a model's tables; what does not fit is said with its place."""

from __future__ import annotations

import re

from journey import identity
from journey.language.calendars import compile_calendars
from journey.language.document import Document
from journey.language.facts import compile_facts
from journey.language.lexicon import Lexicon
from journey.language.moments import Given, compile_moments
from journey.language.parts import Parts
from journey.language.scope import outcomes_of
from journey.language.scores import compile_scores
from journey.language.signals import compile_signals
from journey.language.sources import Sources
from journey.language.stages import compile_stages
from journey.language.states import compile_conditions
from journey.model import Model

_SEMANTIC_VERSION = re.compile(r"\d+\.\d+\.\d+")


def compile_model(document: Document, parts: Parts) -> Model:
    """Compile a model whose parts are well formed. Raises ModelError where they do not fit."""
    spec = parts.spec
    if not _SEMANTIC_VERSION.fullmatch(spec.version):
        raise document.error(
            ("version",), f"{spec.version!r} is not a version; expected a form like 1.2.0"
        )
    _check_names(document, parts)
    words, sources = Lexicon(document, parts), Sources(document)
    calendars = compile_calendars(document, spec.calendars)
    signals = compile_signals(words, sources)
    facts, scores = compile_facts(words, sources), compile_scores(words)
    tests, rules = compile_conditions(words), compile_stages(words)
    moments = compile_moments(Given(words, sources, calendars))
    return Model(
        name=spec.model,
        version=spec.version,
        title=spec.title,
        source=spec.source,
        fingerprint=identity.fingerprint_of(document.values),
        subject=spec.subject,
        stages=tuple(parts.stages),
        stage_rules=rules,
        signals=signals,
        facts=facts,
        scores=scores,
        tests=tests,
        moments=moments,
        paths=frozenset(sources.paths) | {"properties.currency"},
    )


def _check_names(document: Document, parts: Parts) -> None:
    """Refuse names that could mean two things."""
    outcomes = {name for moment in parts.moments for name in outcomes_of(moment)}
    for name in parts.signals:
        if name in outcomes:
            raise document.error(
                ("signals", name), f"{name!r} is what became of a moment; expected another name"
            )
    for name in parts.scores:
        if name in parts.facts:
            raise document.error(
                ("scores", name), f"{name!r} is a fact already; expected another name"
            )

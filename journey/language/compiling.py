"""From the grammar's values to a model's tables; what does not fit is said with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from journey import identity
from journey.language.conditions import compile_where
from journey.language.document import Document, Path
from journey.language.grammar import AlertSpec, AtRiskSpec, ModelSpec, MomentSpec, SignalSpec
from journey.language.lexicon import Lexicon, listed
from journey.language.ways import opening_of, ways_of
from journey.language.wording import reasons
from journey.model import Alerting, Model, Moment, Signal

_SEMANTIC_VERSION = re.compile(r"\d+\.\d+\.\d+")
_PLACEHOLDERS = {"value", "currency", "key", "subject"}


def compile_model(
    document: Document,
    spec: ModelSpec,
    signals: Mapping[str, SignalSpec],
    moments: Mapping[str, MomentSpec],
) -> Model:
    """Compile a model whose parts are well formed. Raises ModelError where they do not fit."""
    if not _SEMANTIC_VERSION.fullmatch(spec.version):
        raise document.error(
            ("version",), f"{spec.version!r} is not a version; expected a form like 1.2.0"
        )
    if not spec.stages:
        raise document.error(("stages",), "no stage is named; expected at least one")
    lexicon = Lexicon(document, spec)
    return Model(
        name=spec.model,
        version=spec.version,
        title=spec.title,
        source=spec.source,
        fingerprint=identity.fingerprint_of(document.values),
        stages=tuple(spec.stages),
        signals=tuple(_signal(document, name, signal) for name, signal in signals.items()),
        moments=tuple(_moments(document, lexicon, moments)),
        outcomes=lexicon.outcomes,
        paths=frozenset(_paths(spec, signals)) | {"properties.currency"},
    )


def _signal(document: Document, name: str, spec: SignalSpec) -> Signal:
    path: Path = ("signals", name)
    if (spec.events is None) == (spec.any is None):
        raise document.error(path, f"signal {name!r} needs either `events` or `any`")
    if spec.any is not None and spec.where:
        place = (*path, "where")
        raise document.error(place, "`where` beside `any`; expected it inside each match")
    if spec.any is not None:
        matches = tuple((one.event, compile_where(one.where)) for one in spec.any)
    else:
        predicate = compile_where(spec.where)
        matches = tuple((event, predicate) for event in listed(spec.events))
    return Signal(name=name, matches=matches, value=spec.value)


def _paths(spec: ModelSpec, signals: Mapping[str, SignalSpec]) -> Iterator[str]:
    """Give the paths of all fields that the model reads."""
    yield from spec.keys.values()
    for signal in signals.values():
        yield from signal.where
        for one in signal.any or ():
            yield from one.where
        if signal.value is not None:
            yield signal.value


def _moments(
    document: Document, lexicon: Lexicon, moments: Mapping[str, MomentSpec]
) -> Iterator[Moment]:
    for at, (name, spec) in enumerate(moments.items()):
        yield _moment(document, lexicon, at, name, spec)
        lexicon.announce(name, at)


def _moment(document: Document, words: Lexicon, at: int, name: str, spec: MomentSpec) -> Moment:
    path: Path = ("moments", name)
    opens, met = (*path, "opens"), (*path, "met")
    opening, ways = opening_of(document, spec.opens, opens), ways_of(document, spec, met)
    risk = spec.at_risk or AtRiskSpec()
    lapses = spec.lapses
    return Moment(
        index=at,
        name=name,
        stage=words.stage(spec.stage, (*path, "stage")),
        key=words.key(spec.key, (*path, "key")),
        unmatched_to_latest=spec.unmatched == "latest",
        after_close=spec.after_close,
        opens=words.mask(listed(opening.on), opens),
        counted=words.mask(listed(opening.of), opens),
        count=opening.count or 0,
        count_within=words.duration(opening.within, (*opens, "within")),
        met=words.mask([name for way in ways for name in listed(way.on)], met),
        met_within=words.duration(next((way.within for way in ways if way.within), None), met),
        quiet=words.mask([name for way in ways for name in listed(way.quiet)], met),
        quiet_for=words.duration(next((way.for_ for way in ways if way.for_), None), met),
        missed=words.mask(listed(spec.missed.on) if spec.missed else (), (*path, "missed")),
        lapses_without=words.mask(
            listed(lapses.without) if lapses else (), (*path, "lapses", "without")
        ),
        lapses_for=words.duration(lapses.for_ if lapses else None, (*path, "lapses", "for")),
        risk=words.mask(listed(risk.on), (*path, "at-risk")),
        risk_before=words.duration(risk.before, (*path, "at-risk", "before")),
        alerts={
            state: _alert(document, words, alert, (*path, "alert"))
            for state, alert in spec.alert.items()
        },
        reasons=reasons(words, spec, opening, ways),
    )


def _alert(document: Document, words: Lexicon, spec: AlertSpec, path: Path) -> Alerting:
    unknown = set(re.findall(r"{(.*?)}", spec.title)) - _PLACEHOLDERS
    if unknown:
        expected = ", ".join(sorted(_PLACEHOLDERS))
        raise document.error(
            path, f"{{{min(unknown)}}} is not known in a title; expected one of {expected}"
        )
    return Alerting(
        severity=spec.severity,
        kind=spec.kind,
        title=spec.title,
        team=spec.team,
        playbook=spec.playbook,
        resolves_after=words.duration(spec.resolves_after, path) or 0,
    )

"""Moments of truth, each compiled into a row of the model's table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from journey.calendars import Calendar
from journey.language.alerting import PLACEHOLDERS, compile_alerts
from journey.language.deadlines import compile_deadline, risk_of
from journey.language.document import Path
from journey.language.grammar import MomentSpec
from journey.language.lexicon import Lexicon
from journey.language.meeting import compile_meeting, meeting_of
from journey.language.opening import Opening, compile_opening, opening_of
from journey.language.scope import Scope
from journey.language.sources import Sources
from journey.language.wording import reasons
from journey.tables import Moment, Source


class Given:
    """What a model's moments are compiled with: names, sources of values, calendars and keys."""

    def __init__(self, words: Lexicon, sources: Sources, calendars: dict[str, Calendar]) -> None:
        self.words = words
        self.sources = sources
        self.calendars = calendars
        self.keys: Mapping[str, Source] = {
            name: sources.source(names, ("keys", name))
            for name, names in words.parts.spec.keys.items()
        }


def compile_moments(given: Given) -> tuple[Moment, ...]:
    """Compile all moments. Raises ModelError."""
    moments = given.words.parts.moments.items()
    return tuple(_moment(given, at, name, spec) for at, (name, spec) in enumerate(moments))


def _moment(given: Given, at: int, name: str, spec: MomentSpec) -> Moment:
    words, path = given.words, ("moments", name)
    scope = words.above_moment(name)
    opening = opening_of(words, spec.opens, (*path, "opens"))
    meeting = meeting_of(words, spec, path)
    risk = risk_of(words, spec, path)
    return Moment(
        index=at,
        name=name,
        title=spec.title,
        stage=_stage(words, spec, path),
        key=_key(given, spec, path),
        unmatched_to_latest=spec.unmatched == "latest",
        after_close=spec.after_close,
        at_once=_at_once(words, spec, opening, path),
        chained=spec.every is not None,
        ends=scope.mask(spec.ends.on if spec.ends else None, (*path, "ends", "on")),
        missed=scope.mask(spec.missed.on if spec.missed else None, (*path, "missed", "on")),
        risk=_risk(words, scope, spec, path),
        labels=_labels(given, spec, path),
        tells=_tells(words, spec, path),
        alerts=compile_alerts(words, spec, path),
        **compile_opening(words, scope, opening),
        **compile_meeting(words, scope, meeting),
        **compile_deadline(words, scope, given.calendars, spec, meeting, path),
        **_lapsing(words, scope, spec, path),
        reasons=reasons(spec, opening, meeting, risk),
    )


def _stage(words: Lexicon, spec: MomentSpec, path: Path) -> str | None:
    """Give the stage that a moment belongs to, whether or not its opening leads there."""
    if spec.in_stage is None:
        return spec.stage
    place = (*path, "in-stage")
    if spec.stage is not None:
        raise words.document.error(place, "`in-stage` beside `stage`; expected one of them")
    return words.known(spec.in_stage, words.parts.stages, place, "a stage")


def _key(given: Given, spec: MomentSpec, path: Path) -> Source | None:
    if spec.key is None:
        return None
    return given.keys[given.words.known(spec.key, given.keys, (*path, "key"), "a key")]


def _at_once(words: Lexicon, spec: MomentSpec, opening: Opening, path: Path) -> bool:
    place = (*path, "at-once")
    if spec.at_once and spec.every is not None:
        raise words.document.error(
            place, "`at-once` beside `every`; a chain's windows open at the end of one another"
        )
    if spec.at_once and opening.kinds == 1 and opening.without:
        raise words.document.error(
            place, "`at-once`, but no event opens it; expected `on`, `count` or `sequence`"
        )
    return spec.at_once


def _risk(words: Lexicon, scope: Scope, spec: MomentSpec, path: Path) -> int:
    risk = spec.at_risk
    if risk is None:
        return 0
    if risk.on is None and risk.before is None:
        raise words.document.error((*path, "at-risk"), "`at-risk` of nothing; expected `on`")
    return scope.mask(risk.on, (*path, "at-risk", "on"))


def _lapsing(words: Lexicon, scope: Scope, spec: MomentSpec, path: Path) -> dict[str, Any]:
    lapses, place = spec.lapses, (*path, "lapses")
    if lapses is None:
        return {}
    if (lapses.without is None) != (lapses.for_ is None):
        raise words.document.error(place, "`without` and `for` belong together")
    if lapses.on is None and lapses.without is None:
        raise words.document.error(place, "`lapses` of nothing; expected `on`, or `without`")
    return {
        "lapses_on": scope.mask(lapses.on, (*place, "on")),
        "lapses_without": scope.mask(lapses.without, (*place, "without")),
        "lapses_for": words.duration(lapses.for_, (*place, "for")),
    }


def _labels(given: Given, spec: MomentSpec, path: Path) -> tuple[tuple[str, Source], ...]:
    for name in spec.labels:
        if name in PLACEHOLDERS or name in spec.tells:
            what = "a fact that it tells" if name in spec.tells else "in every title"
            raise given.words.document.error(
                (*path, "labels", name), f"{name!r} is {what}; expected another name for the label"
            )
    return tuple(
        (name, given.sources.source(names, (*path, "labels", name)))
        for name, names in sorted(spec.labels.items())
    )


def _tells(words: Lexicon, spec: MomentSpec, path: Path) -> tuple[int, ...]:
    tells: list[int] = []
    for at, name in enumerate(spec.tells):
        place = (*path, "tells", at)
        fact = words.fact(name, place)
        if fact in tells or name in PLACEHOLDERS:
            what = "stands twice" if fact in tells else "is in every title"
            raise words.document.error(place, f"{name!r} {what}; expected another fact")
        tells.append(fact)
    return tuple(tells)

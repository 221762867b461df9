"""Stages: what brings a customer to each."""

from __future__ import annotations

from collections.abc import Iterator

from journey.language.document import Path
from journey.language.grammar import EntersSpec
from journey.language.lexicon import Lexicon, listed, places
from journey.tables import StageRule

_ANY = "any"


def compile_stages(words: Lexicon) -> tuple[StageRule, ...]:
    """Compile the rules of all stages, in the order of the stages. Raises ModelError."""
    stages = words.parts.stages
    if not stages:
        raise words.document.error(("stages",), "no stage is named; expected at least one")
    if _ANY in stages:
        raise words.document.error(
            ("stages", _ANY), "'any' is no name for a stage, because `from: any` means all of them"
        )
    rules = []
    for place, (name, spec) in enumerate(stages.items()):
        if spec.enters is not None:
            rules.append(_entering(words, place, spec.enters, ("stages", name, "enters")))
        rules += _opening(words, place, name)
    return tuple(rules)


def _entering(words: Lexicon, place: int, spec: EntersSpec, path: Path) -> StageRule:
    start = _start(words, place, spec, path)
    if not start:
        raise words.document.error(
            path, "no stage comes before the first one; expected `from`, with later stages or any"
        )
    return StageRule(place=place, on=words.anywhere.mask(spec.on, (*path, "on")), start=start)


def _start(words: Lexicon, place: int, spec: EntersSpec, path: Path) -> frozenset[int]:
    if spec.from_ is None:
        return frozenset(range(place))
    if listed(spec.from_) == [_ANY]:
        return _all_but(words, place)
    return frozenset(
        words.place_of_stage(name, at) for name, at in places(spec.from_, (*path, "from"))
    )


def _opening(words: Lexicon, place: int, name: str) -> Iterator[StageRule]:
    """Give the rules of the moments that name the stage: their opening leads there from any."""
    for moment, spec in words.parts.moments.items():
        if spec.stage is not None:
            words.place_of_stage(spec.stage, ("moments", moment, "stage"))
        if spec.stage == name:
            on = words.bit(f"{moment}.open")
            yield StageRule(place=place, on=on, start=_all_but(words, place))


def _all_but(words: Lexicon, place: int) -> frozenset[int]:
    return frozenset(range(len(words.parts.stages))) - {place}

"""Scores: numbers that signals and outcomes move, in millionths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from journey.instant import SECOND
from journey.language.document import Document, Path
from journey.language.grammar import ScoreSpec
from journey.language.lexicon import Lexicon, listed
from journey.tables import Score

_MILLION = 1_000_000
_FURTHEST = 1_000_000_000


def compile_scores(words: Lexicon) -> tuple[Score, ...]:
    """Compile all scores. Raises ModelError."""
    return tuple(_score(words, name, spec) for name, spec in words.parts.scores.items())


def millionths(document: Document, number: float, path: Path) -> int:
    """Give a number in millionths, rounded. Raises ModelError for one that is too large."""
    if not -_FURTHEST <= number <= _FURTHEST:
        raise document.error(
            path, f"{number:g} is too large for a score; expected at most {_FURTHEST:,}"
        )
    return round(number * _MILLION)


def _score(words: Lexicon, name: str, spec: ScoreSpec) -> Score:
    path: Path = ("scores", name)
    error = words.document.error
    if not spec.moves:
        raise error(path, f"score {name!r} is moved by nothing; expected signals in `moves`")
    if len(set(spec.by)) < len(spec.by):
        raise error((*path, "by"), "an attribute stands twice in `by`; expected each once")
    least, most = _limit(words, spec.least, path, "least"), _limit(words, spec.most, path, "most")
    if least is not None and most is not None and least >= most:
        raise error((*path, "least"), "`least` is not below `most`")
    return Score(
        name=name,
        slot=" ".join((name, *spec.by)),
        moves=tuple(_moves(words, spec, (*path, "moves"))),
        by=tuple(spec.by),
        half_life=_half_life(words, spec, (*path, "half-life")),
        least=least,
        most=most,
    )


def _half_life(words: Lexicon, spec: ScoreSpec, path: Path) -> int | None:
    """Give the half-life in ms; a score decays in 256ths of it, each of some ms."""
    half_life = words.duration(spec.half_life, path)
    if half_life is not None and half_life < SECOND:
        raise words.document.error(
            path, f"'{spec.half_life}' is too short for a half-life; expected at least 1s"
        )
    return half_life


def _limit(
    words: Lexicon, number: float | None, path: Path, key: Literal["least", "most"]
) -> int | None:
    return None if number is None else millionths(words.document, number, (*path, key))


def _moves(words: Lexicon, spec: ScoreSpec, path: Path) -> Iterator[tuple[int, int | None]]:
    for name, move in spec.moves.items():
        place = (*path, name)
        bit = words.anywhere.bit(name, place)
        if move != "polarity":
            yield bit, millionths(words.document, move, place)
            continue
        if not _has_polarity(words, name):
            raise words.document.error(
                place, f"{name!r} has no polarity; expected a number, or `polarity` in the signal"
            )
        yield bit, None


def _has_polarity(words: Lexicon, name: str) -> bool:
    """Say whether a signal has a polarity, or may come with one that has."""
    spec = words.parts.signals.get(name)
    if spec is None:
        return False
    return spec.polarity is not None or any(_has_polarity(words, one) for one in listed(spec.of))

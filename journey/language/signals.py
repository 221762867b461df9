"""Signals: which events they are, or what they are derived from, and what they carry."""

from __future__ import annotations

from collections.abc import Iterator

from journey.event import number
from journey.language.conditions import compile_wants, compile_where
from journey.language.document import Path
from journey.language.grammar import EventMatch, ReadSpec, SignalSpec, Where
from journey.language.lexicon import Lexicon, listed
from journey.language.sources import Sources, constant
from journey.tables import Predicate, Reader, Signal, Want

_Match = tuple[str, Predicate | None, tuple[Want, ...]]


def compile_signals(words: Lexicon, sources: Sources) -> tuple[Signal, ...]:
    """Compile all signals, with what the sectors add to them. Raises ModelError."""
    added = _sectors(words, sources)
    return tuple(
        _signal(words, sources, name, spec, added.get(name, []))
        for name, spec in words.parts.signals.items()
    )


def _signal(
    words: Lexicon, sources: Sources, name: str, spec: SignalSpec, added: list[_Match]
) -> Signal:
    path: Path = ("signals", name)
    _check_kind(words, spec, path)
    matches = [*_matches(words, sources, spec, path), *added]
    return Signal(
        name=name,
        matches=tuple((event, predicate) for event, predicate, _ in matches),
        wants=tuple(wants for _, _, wants in matches),
        of=words.above_signal(name).mask(spec.of, (*path, "of")),
        when=words.conditions(spec.when, (*path, "when")),
        value=sources.number(spec.value, (*path, "value")) if spec.value is not None else None,
        attributes=dict(_attributes(words, sources, spec, path)),
    )


def _check_kind(words: Lexicon, spec: SignalSpec, path: Path) -> None:
    error = words.document.error
    kinds = [key for key in ("events", "any", "of") if getattr(spec, key) is not None]
    if len(kinds) != 1:
        found = f"has {' and '.join(f'`{kind}`' for kind in kinds)}" if kinds else "has none"
        raise error(path, f"signal {path[1]!r} {found}; expected one of `events`, `any`, `of`")
    if spec.where and spec.events is None:
        inside = "; expected it inside each match" if spec.any is not None else ""
        raise error((*path, "where"), f"`where` belongs to `events`{inside}")
    if spec.when is not None and spec.of is None:
        raise error((*path, "when"), "`when` belongs to `of`")


def _matches(words: Lexicon, sources: Sources, spec: SignalSpec, path: Path) -> Iterator[_Match]:
    if spec.of is not None:
        return
    given = spec.any
    if given is None:
        given = [EventMatch(event=name, where=spec.where) for name in listed(spec.events)]
    if not given:
        raise words.document.error(path, f"signal {path[1]!r} names no event; expected one")
    for one in given:
        yield _match(sources, one.event, one.where)


def _match(sources: Sources, event: str, where: Where) -> _Match:
    sources.paths.update(where)
    return event, compile_where(where), compile_wants(where)


def _sectors(words: Lexicon, sources: Sources) -> dict[str, list[_Match]]:
    """Give what the sectors add, by signal."""
    added: dict[str, list[_Match]] = {}
    for sector, signals in words.parts.spec.sectors.items():
        for name, matches in signals.items():
            path = ("sectors", sector, name)
            words.known(name, words.parts.signals, path, "a signal")
            if words.parts.signals[name].of is not None:
                raise words.document.error(
                    path, f"{name!r} is derived from signals; expected one that is of events"
                )
            added.setdefault(name, []).extend(
                _match(sources, one.event, one.where) for one in matches
            )
    return added


def _attributes(
    words: Lexicon, sources: Sources, spec: SignalSpec, path: Path
) -> Iterator[tuple[str, Reader]]:
    for key, given in (("channel", spec.channel), ("need", spec.need)):
        if isinstance(given, str):
            yield key, constant(given)
        elif given is not None:
            yield key, sources.mapped(given, (*path, key))
    for key, names in (("content", spec.content), ("about", spec.about)):
        if names is not None:
            yield key, sources.first(names, (*path, key))
    if spec.polarity is not None:
        yield "polarity", _polarity(words, sources, spec.polarity, (*path, "polarity"))


def _polarity(words: Lexicon, sources: Sources, given: float | ReadSpec, path: Path) -> Reader:
    if not isinstance(given, ReadSpec):
        return constant(_within_one(words, given, path))
    for value, place in (
        *((value, (*path, "values", key)) for key, value in (given.values or {}).items()),
        *([(given.else_, (*path, "else"))] if given.else_ is not None else []),
    ):
        _within_one(words, value, place)
    read = sources.mapped(given, path)

    def clamped(event: object) -> float | None:
        value = number(read(event))  # type: ignore[arg-type]
        return None if value is None else max(-1.0, min(1.0, value))

    return clamped


def _within_one(words: Lexicon, value: object, path: Path) -> float:
    read = number(value)
    if read is None or not -1 <= read <= 1:
        raise words.document.error(
            path, f"{value!r} is not a polarity; expected a number from -1 to 1"
        )
    return read

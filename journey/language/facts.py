"""Facts: what is known of the customer, and which signals keep it up to date."""

from __future__ import annotations

from typing import Literal, cast

from journey.language.document import Path
from journey.language.grammar import FactSpec, ReadSpec
from journey.language.lexicon import Lexicon, places
from journey.language.sources import Sources
from journey.tables import Fact, Source

_KINDS = ("latest", "count", "distinct", "most", "sum")
_Kind = Literal["latest", "count", "distinct", "most", "sum"]


def compile_facts(words: Lexicon, sources: Sources) -> tuple[Fact, ...]:
    """Compile all facts. Raises ModelError."""
    return tuple(_fact(words, sources, name, spec) for name, spec in words.parts.facts.items())


def _fact(words: Lexicon, sources: Sources, name: str, spec: FactSpec) -> Fact:
    path: Path = ("facts", name)
    kind = _kind(words, spec, path)
    mask = words.anywhere.mask
    if kind == "sum":
        _check_values(words, spec, path)
    return Fact(
        name=name,
        slot=" ".join((name, kind) if spec.within is None else (name, kind, "within")),
        kind=kind,
        of=mask(spec.count, (*path, "count")) | mask(spec.of, (*path, "of")),
        source=_source(sources, spec, kind, path),
        within=words.duration(spec.within, (*path, "within")),
        until=mask(spec.until, (*path, "until")),
    )


def _kind(words: Lexicon, spec: FactSpec, path: Path) -> _Kind:
    error = words.document.error
    given = [kind for kind in _KINDS if getattr(spec, kind) is not None]
    if len(given) != 1:
        found = f"has {' and '.join(f'`{kind}`' for kind in given)}" if given else "has none"
        kinds = ", ".join(f"`{kind}`" for kind in _KINDS)
        raise error(path, f"fact {path[1]!r} {found}; expected one of {kinds}")
    (kind,) = given
    if kind == "count" and spec.of is not None:
        raise error((*path, "of"), "`of` beside `count`; expected the signals in `count` itself")
    if kind != "count" and spec.of is None:
        raise error(path, f"`{kind}` needs the signals that it is taken from; expected `of`")
    if kind != "count" and spec.within is not None:
        raise error((*path, "within"), "`within` belongs to `count`")
    return cast(_Kind, kind)


def _source(sources: Sources, spec: FactSpec, kind: _Kind, path: Path) -> Source | None:
    if kind in {"count", "sum"}:
        return None
    if isinstance(spec.latest, ReadSpec):
        return Source(read=sources.mapped(spec.latest, (*path, kind)))
    return sources.source(getattr(spec, kind), (*path, kind))


def _check_values(words: Lexicon, spec: FactSpec, path: Path) -> None:
    """Refuse to sum the values of a signal of events that has none."""
    for name, place in places(spec.of, (*path, "of")):
        signal = words.parts.signals.get(name)
        if signal is not None and signal.of is None and signal.value is None:
            raise words.document.error(
                place, f"signal {name!r} has no value to sum; expected one with `value`"
            )

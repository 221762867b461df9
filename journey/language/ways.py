"""How a moment opens, and how it is met: the ways put together, and checked for sense."""

from __future__ import annotations

from journey.language.document import Document, Path
from journey.language.grammar import MetSpec, MomentSpec, OpensSpec
from journey.language.lexicon import listed

_FEWEST, _MOST = 2, 100


def opening_of(document: Document, spec: OpensSpec, path: Path) -> OpensSpec:
    """Put the ways of opening together: any number of signals, and one count. Raises ModelError."""
    if spec.any is not None and spec != OpensSpec(any=spec.any):
        raise document.error(path, "`any` stands alone; expected each way inside it")
    ways = [spec] if spec.any is None else spec.any
    for way in ways:
        _check_way(document, way, path)
    counting = [way for way in ways if way.count is not None]
    if len(counting) > 1:
        raise document.error(path, "`count` is given twice; expected once")
    at_once = [name for way in ways for name in listed(way.on)]
    count = counting[0] if counting else OpensSpec()
    return OpensSpec(on=at_once, count=count.count, of=count.of, within=count.within)


def ways_of(document: Document, spec: MomentSpec, path: Path) -> list[MetSpec]:
    """Give the ways in which a moment is met. Raises ModelError where they make no sense."""
    ways = [spec.met, *(spec.met.any or ())]
    for field, word in (("within", "within"), ("for_", "for")):
        if sum(getattr(way, field) is not None for way in ways) > 1:
            raise document.error(path, f"{word!r} is given twice; expected once")
    if any(bool(way.quiet) != bool(way.for_) for way in ways):
        raise document.error(path, "`quiet` and `for` belong together")
    before = spec.at_risk.before if spec.at_risk else None
    if before is not None and not any(way.within for way in ways):
        place = (*path[:-1], "at-risk", "before")
        raise document.error(place, "`before` needs a deadline: `met.within`")
    return ways


def _check_way(document: Document, way: OpensSpec, path: Path) -> None:
    counts = way.count is not None
    if way.any or counts == (way.on is not None) or counts != (way.of is not None):
        raise document.error(path, "expected either `on`, or `count` with `of`")
    if way.within is not None and not counts:
        raise document.error(path, "`within` belongs to `count`")
    if way.count is not None and not _FEWEST <= way.count <= _MOST:
        place = (*path, "count")
        raise document.error(place, f"{way.count} is not between {_FEWEST} and {_MOST}")

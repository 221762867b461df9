"""How a moment opens: its ways put together, one of each kind, and checked for sense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from journey.language.document import Path
from journey.language.grammar import OpensSpec
from journey.language.lexicon import Lexicon
from journey.language.scope import Scope

FEWEST, MOST = 2, 1_000
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "on": frozenset({"on"}),
    "count": frozenset({"count", "of", "within", "apart"}),
    "sequence": frozenset({"sequence", "within"}),
    "without": frozenset({"without", "for", "since"}),
}
"""The kinds of ways, and the keywords that belong to each."""

_Way = tuple[OpensSpec, Path]


class Opening(msgspec.Struct):
    """The ways in which a moment opens, each with the place where it stands."""

    on: list[_Way] = []
    count: _Way | None = None
    sequence: _Way | None = None
    without: _Way | None = None

    @property
    def kinds(self) -> int:
        """How many kinds of ways there are."""
        return bool(self.on) + sum(
            way is not None for way in (self.count, self.sequence, self.without)
        )


def opening_of(words: Lexicon, spec: OpensSpec, path: Path) -> Opening:
    """Put the ways together: any signals, one of each other kind. Raises ModelError."""
    opening = Opening()
    for way, place in _listed(words, spec, path):
        kind = _kind(words, way, place)
        if kind == "on":
            opening.on.append((way, place))
        elif getattr(opening, kind) is None:
            setattr(opening, kind, (way, place))
        else:
            raise words.document.error(place, f"`{kind}` is given twice; expected once")
    return opening


def compile_opening(words: Lexicon, scope: Scope, opening: Opening) -> dict[str, Any]:
    """Compile the ways into fields of a moment. Raises ModelError."""
    opens = 0
    for way, path in opening.on:
        opens |= scope.mask(way.on, (*path, "on"))
    fields: dict[str, Any] = {"opens": opens}
    if opening.count:
        fields |= _counting(words, scope, *opening.count)
    if opening.sequence:
        way, path = opening.sequence
        steps = enumerate(way.sequence or ())
        fields["sequence"] = tuple(scope.mask(one, (*path, "sequence", at)) for at, one in steps)
        fields["sequence_within"] = words.duration(way.within, (*path, "within"))
    if opening.without:
        way, path = opening.without
        fields["without"] = scope.mask(way.without, (*path, "without"))
        fields["since"] = scope.mask(way.since, (*path, "since"))
        fields["silent_for"] = words.duration(way.for_, (*path, "for"))
    return fields


def _counting(words: Lexicon, scope: Scope, way: OpensSpec, path: Path) -> dict[str, Any]:
    return {
        "counted": scope.mask(way.of, (*path, "of")),
        "count": way.count,
        "count_within": words.duration(way.within, (*path, "within")),
        "apart": words.duration(way.apart, (*path, "apart")) or 0,
    }


def _listed(words: Lexicon, spec: OpensSpec, path: Path) -> list[_Way]:
    if spec.any is None:
        return [(spec, path)]
    if spec != OpensSpec(any=spec.any):
        raise words.document.error(path, "`any` stands alone; expected each way inside it")
    if not spec.any:
        raise words.document.error((*path, "any"), "`any` of nothing; expected ways of opening")
    return [(way, (*path, "any", at)) for at, way in enumerate(spec.any)]


def _kind(words: Lexicon, way: OpensSpec, path: Path) -> str:
    """Give the kind of a way that has all its keywords, and no other's."""
    error = words.document.error
    given = {key.strip("_") for key in way.__struct_fields__ if getattr(way, key) is not None}
    kinds = [kind for kind in _KINDS if kind in given]
    if len(kinds) != 1:
        silence = given & {"for", "since"}
        expected = "expected `on`, `count`, `sequence` or `without`"
        if not kinds and silence:
            expected = "expected `without`, with `for` and `since`"
        elif kinds:
            expected = "expected each of them inside `any`"
        found = " and ".join(f"`{one}`" for one in kinds) or "nothing that opens it"
        raise error(path, f"{found}; {expected}")
    (kind,) = kinds
    for key in sorted(given - _KINDS[kind]):
        belongs = [one for one, keys in _KINDS.items() if key in keys]
        where = " or ".join(f"`{one}`" for one in belongs)
        said = f"it belongs to {where}" if where else "expected it alone"
        raise error((*path, key), f"`{key}` beside `{kind}`; {said}")
    _check_whole(words, way, kind, given, path)
    return kind


def _check_whole(words: Lexicon, way: OpensSpec, kind: str, given: set[str], path: Path) -> None:
    error = words.document.error
    if way.count is not None:
        if "of" not in given:
            raise error(path, "`count` needs the signals that are counted; expected `of`")
        if not FEWEST <= way.count <= MOST:
            raise error((*path, "count"), f"{way.count} is no count; expected {FEWEST} to {MOST:,}")
    if way.sequence is not None and len(way.sequence) < FEWEST:
        raise error((*path, "sequence"), "a sequence of one step; expected two or more")
    missing = sorted(_KINDS["without"] - given)
    if kind == "without" and missing:
        names = " and ".join(f"`{key}`" for key in missing)
        raise error(path, f"`without` needs `for` and `since`; expected {names}")

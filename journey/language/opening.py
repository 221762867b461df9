"""How a moment opens: its ways put together, one of each kind, and checked for sense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

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


def ways_of(words: Lexicon, spec: OpensSpec, path: Path) -> dict[str, _Way]:
    """Give the way of each kind, with its place. Raises ModelError where they make no sense."""
    ways: dict[str, _Way] = {}
    for way, place in _listed(words, spec, path):
        kind = _kind(words, way, place)
        if kind in ways:
            raise words.document.error(
                place, f"`{kind}` is given twice; expected once, with all signals"
            )
        ways[kind] = way, place
    return ways


def compile_opening(words: Lexicon, scope: Scope, ways: Mapping[str, _Way]) -> dict[str, Any]:
    """Compile the ways into fields of a moment. Raises ModelError."""
    fields: dict[str, Any] = {}
    if "on" in ways:
        way, path = ways["on"]
        fields["opens"] = scope.mask(way.on, (*path, "on"))
    if "count" in ways:
        fields |= _counting(words, scope, *ways["count"])
    if "sequence" in ways:
        way, path = ways["sequence"]
        steps = enumerate(way.sequence or ())
        fields["sequence"] = tuple(scope.mask(one, (*path, "sequence", at)) for at, one in steps)
        fields["sequence_within"] = words.duration(way.within, (*path, "within"))
    if "without" in ways:
        way, path = ways["without"]
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
            raise error((*path, "count"), f"{way.count} is not between {FEWEST} and {MOST:,}")
    if way.sequence is not None and len(way.sequence) < FEWEST:
        raise error((*path, "sequence"), "a sequence has two steps or more")
    missing = sorted(_KINDS["without"] - given)
    if kind == "without" and missing:
        names = " and ".join(f"`{key}`" for key in missing)
        raise error(path, f"`without` needs `for` and `since`; expected {names}")

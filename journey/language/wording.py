"""What a moment's rules say when they fire, in words."""

from __future__ import annotations

from collections.abc import Sequence

from journey.language.grammar import MetSpec, MomentSpec, OpensSpec
from journey.language.lexicon import Lexicon, listed


def reasons(
    lexicon: Lexicon, spec: MomentSpec, opening: OpensSpec, ways: Sequence[MetSpec]
) -> dict[str, str]:
    """Give a sentence for each rule of a moment; `{signal}` in it is filled in when it fires."""
    said = {"open": "{signal}", "missed-late": _missed(lexicon, opening, ways)}
    if opening.count:
        window = f" within {lexicon.shown(opening.within)}" if opening.within else ""
        said["open-counted"] = f"{opening.count} times {_any_of(opening.of)}{window}"
    quiet = next((way for way in ways if way.quiet), None)
    if quiet:
        said["met-quiet"] = _without(lexicon, quiet.for_, quiet.quiet)
    if spec.lapses:
        said["lapsed"] = _without(lexicon, spec.lapses.for_, spec.lapses.without)
    if spec.at_risk and spec.at_risk.before:
        said["at-risk-before"] = f"{lexicon.shown(spec.at_risk.before)} before its deadline"
    return said


def _missed(lexicon: Lexicon, opening: OpensSpec, ways: Sequence[MetSpec]) -> str:
    within = next((way.within for way in ways if way.within), None)
    met = " or ".join(name for way in ways for name in listed(way.on))
    after = _any_of(opening.on) or _any_of(opening.of)
    return f"no {met} within {lexicon.shown(within)} of the {after}"


def _without(lexicon: Lexicon, time: str | None, names: str | list[str] | None) -> str:
    return f"{lexicon.shown(time)} without {_any_of(names)}"


def _any_of(names: str | list[str] | None) -> str:
    return " or ".join(listed(names))

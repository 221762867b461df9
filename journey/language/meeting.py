"""How a moment is met: by signals, by quiet, or each of its windows in a chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from journey.instant import HOUR
from journey.language.document import Path
from journey.language.grammar import EverySpec, MetSpec, MomentSpec, Names
from journey.language.lexicon import Lexicon, listed
from journey.language.scope import Scope

_SHORTEST_WINDOW = HOUR
"""A customer who stays away misses all windows of a chain for a whole life, up to 400 days."""


class Meeting(msgspec.Struct, frozen=True):
    """What meets a moment, put together: signals within a time, or quiet for a time.

    Each comes with the place where it stands.
    """

    on: list[tuple[Names, Path]]
    within: tuple[str, Path] | None
    quiet: tuple[Names, Path] | None
    quiet_for: tuple[str, Path] | None

    @property
    def names(self) -> list[str]:
        """The names of all signals that meet it."""
        return [name for names, _ in self.on for name in listed(names)]


def meeting_of(words: Lexicon, spec: MomentSpec, path: Path) -> Meeting:
    """Put the ways together in which a moment is met. Raises ModelError if they make no sense."""
    if spec.met is None or spec.every is not None:
        return _chained(words, spec, path)
    if spec.ends is not None:
        raise words.document.error(
            (*path, "ends"), "`ends` belongs to a chain; expected `every` in place of `met`"
        )
    ways = list(_ways(words, spec.met, (*path, "met")))
    for way, place in ways:
        if bool(way.quiet) != bool(way.for_):
            raise words.document.error(place, "`quiet` and `for` belong together")
    meeting = Meeting(
        on=[(way.on, (*place, "on")) for way, place in ways if way.on is not None],
        within=_once(words, ways, "within"),
        quiet=_once(words, ways, "quiet"),
        quiet_for=_once(words, ways, "for_"),
    )
    if not meeting.on and not meeting.quiet:
        raise words.document.error(
            (*path, "met"), "nothing meets it; expected `on`, or `quiet` and `for`"
        )
    return meeting


def compile_meeting(words: Lexicon, scope: Scope, meeting: Meeting) -> dict[str, Any]:
    """Compile what meets a moment into its fields. Raises ModelError."""
    met = 0
    for names, path in meeting.on:
        met |= scope.mask(names, path)
    fields: dict[str, Any] = {"met": met}
    if meeting.quiet and meeting.quiet_for:
        fields["quiet"] = scope.mask(*meeting.quiet)
        fields["quiet_for"] = words.duration(*meeting.quiet_for)
    return fields


def _chained(words: Lexicon, spec: MomentSpec, path: Path) -> Meeting:
    every = _every(words, spec, path)
    if spec.ends is None and spec.lapses is None:
        raise words.document.error(
            (*path, "every"), "this chain never ends; expected `ends` or `lapses` beside `every`"
        )
    place = (*path, "every")
    within = (*place, "within")
    if words.span(every.within, within).ms < _SHORTEST_WINDOW:
        raise words.document.error(
            within, f"'{every.within}' is too short for the window of a chain; expected at least 1h"
        )
    return Meeting(
        on=[(every.on, (*place, "on"))],
        within=(every.within, within),
        quiet=None,
        quiet_for=None,
    )


def _every(words: Lexicon, spec: MomentSpec, path: Path) -> EverySpec:
    if spec.every is None:
        raise words.document.error(
            path, f"moment {path[1]!r} has neither `met` nor `every`; expected one of them"
        )
    if spec.met is not None:
        raise words.document.error(
            (*path, "every"), f"moment {path[1]!r} has both `met` and `every`; expected one of them"
        )
    return spec.every


def _ways(words: Lexicon, spec: MetSpec, path: Path) -> Iterator[tuple[MetSpec, Path]]:
    yield spec, path
    for at, way in enumerate(spec.any or ()):
        place = (*path, "any", at)
        if way.any is not None:
            raise words.document.error(place, "`any` inside `any`; expected one list of ways")
        yield way, place


def _once(words: Lexicon, ways: list[tuple[MetSpec, Path]], field: str) -> Any:
    """Give what stands under a keyword in one of the ways, with its place."""
    keyword = field.strip("_")
    given = [
        (value, (*place, keyword))
        for way, place in ways
        if (value := getattr(way, field)) is not None
    ]
    if len(given) > 1:
        raise words.document.error(given[1][1], f"{keyword!r} is given twice; expected once")
    return given[0] if given else None

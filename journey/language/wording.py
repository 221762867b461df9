"""What a moment's rules say when they fire, in words."""

from __future__ import annotations

from journey.language.document import Path
from journey.language.grammar import MomentSpec, Names, OpensSpec
from journey.language.lexicon import listed
from journey.language.meeting import Meeting
from journey.language.opening import Opening


def reasons(
    spec: MomentSpec,
    opening: Opening,
    meeting: Meeting,
    risk: tuple[str, Path] | None,
) -> dict[str, str]:
    """Give a sentence for each rule that a moment has.

    In `open` and `ended`, `{signal}` is filled in when they are said.
    """
    said = {"open": "{signal}"} | _openings(opening)
    if meeting.within:
        within = meeting.within[0]
        said["missed-late"] = _missed(within, meeting, "" if spec.every else _start(opening))
    if meeting.quiet and meeting.quiet_for:
        said["met-quiet"] = _without(meeting.quiet_for[0], meeting.quiet[0])
    if spec.lapses and spec.lapses.for_:
        said["lapsed"] = _without(spec.lapses.for_, spec.lapses.without)
    if risk:
        said["at-risk-before"] = f"{risk[0]} before its deadline"
    if spec.ends:
        said["ended"] = "ended by {signal}"
    return said


def _openings(opening: Opening) -> dict[str, str]:
    said = {}
    if opening.count:
        way, _ = opening.count
        apart = f", each {way.apart} apart" if way.apart else ""
        said["open-counted"] = f"{way.count} times {_any_of(way.of)}{_within(way)}{apart}"
    if opening.sequence:
        way, _ = opening.sequence
        steps = ", then ".join(_any_of(step) for step in way.sequence or ())
        said["open-sequence"] = steps + _within(way)
    if opening.without:
        way, _ = opening.without
        said["open-silent"] = f"{_without(way.for_, way.without)} since {_any_of(way.since)}"
    return said


def _missed(within: str, meeting: Meeting, start: str) -> str:
    met = f"no {' or '.join(meeting.names)}" if meeting.names else "not met"
    return f"{met} within {within}{start}"


def _start(opening: Opening) -> str:
    """Say what a deadline is counted from."""
    signals = [name for way, _ in opening.on for name in listed(way.on)]
    if opening.count:
        signals += listed(opening.count[0].of)
    return " of its opening" if opening.kinds > 1 or not signals else f" of the {_any_of(signals)}"


def _within(way: OpensSpec) -> str:
    return f" within {way.within}" if way.within else ""


def _without(time: str | None, names: Names | None) -> str:
    return f"{time} without {_any_of(names)}"


def _any_of(names: Names | None) -> str:
    return " or ".join(listed(names))

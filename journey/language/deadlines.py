"""The deadline of a moment's instances, when it is at risk, and how the time to it is counted."""

from __future__ import annotations

from typing import Any

from journey.calendars import Calendar
from journey.language.document import Path
from journey.language.duration import Span
from journey.language.grammar import ClockSpec, MomentSpec
from journey.language.lexicon import Lexicon
from journey.language.meeting import Meeting
from journey.language.scope import Scope

_Written = tuple[str, Path]


def risk_of(words: Lexicon, spec: MomentSpec, path: Path) -> _Written | None:
    """Give how long before its deadline a moment is at risk, as written, and where."""
    given: list[_Written] = []
    if spec.every and spec.every.at_risk_before is not None:
        given.append((spec.every.at_risk_before, (*path, "every", "at-risk-before")))
    if spec.at_risk and spec.at_risk.before is not None:
        given.append((spec.at_risk.before, (*path, "at-risk", "before")))
    if len(given) > 1:
        raise words.document.error(
            given[1][1], "`before` beside `every.at-risk-before`; expected one of them"
        )
    return given[0] if given else None


def compile_deadline(
    words: Lexicon,
    scope: Scope,
    calendars: dict[str, Calendar],
    spec: MomentSpec,
    meeting: Meeting,
    path: Path,
) -> dict[str, Any]:
    """Compile the deadline and its clock into fields of a moment. Raises ModelError."""
    clock = spec.clock or ClockSpec()
    calendar = _calendar(words, clock, (*path, "clock", "calendar"))
    risk = risk_of(words, spec, path)
    if meeting.within is None:
        _check_idle(words, spec, risk, path)
        return {}
    due = _span(words, meeting.within, calendar)
    fields: dict[str, Any] = {"due": due.ms}
    if due.business and calendar is not None:
        fields["calendar"] = calendars[calendar]
    if risk is not None:
        fields["risk_before"] = _risk(words, risk, due, calendar)
    fields["reset"] = scope.mask(clock.reset, (*path, "clock", "reset"))
    if clock.pause is not None:
        pause = (*path, "clock", "pause")
        fields["pause"] = scope.mask(clock.pause.on, (*pause, "on"))
        fields["resume"] = scope.mask(clock.pause.until, (*pause, "until"))
    return fields


def _check_idle(words: Lexicon, spec: MomentSpec, risk: _Written | None, path: Path) -> None:
    """Refuse what counts towards a deadline where there is none."""
    if risk is not None:
        raise words.document.error(risk[1], "`before` needs a deadline; expected `within` in `met`")
    if spec.clock is not None:
        raise words.document.error(
            (*path, "clock"), "`clock` needs a deadline; expected `within` in `met`"
        )


def _calendar(words: Lexicon, clock: ClockSpec, path: Path) -> str | None:
    if clock.calendar is None:
        return None
    return words.known(clock.calendar, words.parts.spec.calendars, path, "a calendar")


def _span(words: Lexicon, written: _Written, calendar: str | None) -> Span:
    text, path = written
    span = words.span(text, path)
    if span.business and calendar is None:
        raise words.document.error(
            path, f"'{text}' needs opening hours; expected `calendar` in `clock`"
        )
    return span


def _risk(words: Lexicon, written: _Written, due: Span, calendar: str | None) -> int:
    text, path = written
    before = _span(words, written, calendar)
    if before.business != due.business:
        kinds = ("plain time", "business hours")
        raise words.document.error(
            path,
            f"'{text}' is {kinds[before.business]}, but the deadline is in {kinds[due.business]}; "
            f"expected {kinds[due.business]}",
        )
    if before.ms >= due.ms:
        raise words.document.error(
            path, f"'{text}' is not shorter than the time to the deadline; expected less"
        )
    return before.ms

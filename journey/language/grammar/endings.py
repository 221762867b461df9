"""How an instance of a moment opens and ends, and how the time to its deadline is counted."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from journey.language.grammar.base import BusinessDuration, Duration, Keywords, Signals


class OpensSpec(Keywords):
    """What opens an instance.

    A signal (`on`); so many of one (`count`, `of`, `within` a time, `apart` by one); several
    in a row (`sequence`, `within`); or that one stays away (`without`, `for` a time `since`
    another); or `any` of these.
    """

    on: Annotated[Signals | None, Meta(description="One of these signals opens it.")] = None
    count: Annotated[int | None, Meta(description="So many signals open it, from 2 to 1000.")] = (
        None
    )
    of: Annotated[Signals | None, Meta(description="The signals that are counted.")] = None
    within: Annotated[
        Duration | None,
        Meta(description="They all, or all steps of the sequence, come within this time."),
    ] = None
    apart: Annotated[
        Duration | None,
        Meta(description="Each counts only so long after the one counted before it."),
    ] = None
    sequence: Annotated[
        list[Signals] | None,
        Meta(description="These signals one after the other open it; others may come between."),
    ] = None
    without: Annotated[
        Signals | None, Meta(description="It opens because none of these signals came …")
    ] = None
    for_: Annotated[Duration | None, Meta(description="… for so long …")] = None
    since: Annotated[
        Signals | None, Meta(description="… since one of these, which begins the wait anew.")
    ] = None
    any: Annotated[
        list[OpensSpec] | None, Meta(description="Several of these ways; each of them opens it.")
    ] = None


class MetSpec(Keywords):
    """What meets an open instance: a signal, `within` a time if given; or `quiet` for a time."""

    on: Annotated[Signals | None, Meta(description="One of these signals meets it.")] = None
    within: Annotated[
        BusinessDuration | None,
        Meta(
            description="The time it has for that, from its opening; then it is missed. Without "
            "it there is no deadline."
        ),
    ] = None
    quiet: Annotated[
        Signals | None, Meta(description="It is met because none of these signals came …")
    ] = None
    for_: Annotated[
        Duration | None, Meta(description="… for so long, from its opening or the last of them.")
    ] = None
    any: Annotated[
        list[MetSpec] | None, Meta(description="Several of these ways; each of them meets it.")
    ] = None


class EverySpec(Keywords):
    """A chain: the signal is expected within the time, and again after each time it came.

    Each window is an instance. One that is met or missed opens the next, until it `ends`.
    """

    on: Annotated[Signals, Meta(description="One of these signals meets the window.")]
    within: Annotated[
        BusinessDuration,
        Meta(description="The time that each window has for it; then that window is missed."),
    ]
    at_risk_before: Annotated[
        BusinessDuration | None,
        Meta(description="So long before the end of a window it is at risk."),
    ] = None


class EndsSpec(Keywords):
    """What ends a chain; the window that is open is met by it."""

    on: Annotated[Signals, Meta(description="One of these signals ends it.")]


class MissedSpec(Keywords):
    """What misses an open instance, besides its deadline."""

    on: Annotated[Signals, Meta(description="One of these signals misses it.")]


class LapsesSpec(Keywords):
    """An open instance lapses on a signal; or after so long without one (from its opening)."""

    on: Annotated[
        Signals | None, Meta(description="One of these signals makes it come to nothing.")
    ] = None
    without: Annotated[
        Signals | None, Meta(description="It comes to nothing because none of these came …")
    ] = None
    for_: Annotated[
        Duration | None, Meta(description="… for so long, from its opening or the last of them.")
    ] = None


class AtRiskSpec(Keywords):
    """What puts an open instance at risk: a signal, or the time left before its deadline."""

    on: Annotated[Signals | None, Meta(description="One of these signals puts it at risk.")] = None
    before: Annotated[
        BusinessDuration | None, Meta(description="So long before its deadline it is at risk.")
    ] = None


class PauseSpec(Keywords):
    """The time between these signals does not count towards the deadline."""

    on: Annotated[Signals, Meta(description="One of these signals stops the clock …")]
    until: Annotated[Signals, Meta(description="… and one of these lets it go on.")]


class ClockSpec(Keywords):
    """How the time to the deadline is counted.

    In the open hours of a `calendar` (durations in business hours need one); not while it is
    in `pause`; from the beginning again at a signal (`reset`).
    """

    calendar: Annotated[
        str | None,
        Meta(title="calendar", description="The calendar in which business hours are counted."),
    ] = None
    pause: Annotated[PauseSpec | None, Meta(description="When the clock stands still.")] = None
    reset: Annotated[
        Signals | None, Meta(description="At one of these signals the whole time begins again.")
    ] = None

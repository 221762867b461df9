"""A model as a Mermaid state diagram: what opens each moment, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from journey.model import Model, Moment
from journey.word import CLOSED

# Mermaid ends a label at a colon's or semicolon's line and takes some signs for its own.
_ESCAPES = str.maketrans({sign: f"#{ord(sign)};" for sign in '#:;"<>{}%'} | {"\n": " "})
_ENDS = ("met", "missed", "lapsed")


class _Arrow(msgspec.Struct, frozen=True):
    """From a state to another, because of something; states are those of moments, or `[*]`."""

    start: str
    end: str
    why: str


def draw(model: Model) -> str:
    """Write a model as a `stateDiagram-v2`, one composite state a moment, ending in a newline."""
    lines = ["---", f"title: {json.dumps(f'{model.title} ({model.name} {model.version})')}", "---"]
    lines += ["stateDiagram-v2", "    direction LR"]
    for moment in model.moments:
        lines += (f"    {line}" for line in _moment(model, moment))
    return "\n".join(lines) + "\n"


def _moment(model: Model, moment: Moment) -> Iterator[str]:
    mine = f"m{moment.index + 1}"
    stage = f", stage {moment.stage}" if moment.stage else ""
    arrows = list(_arrows(model, moment))
    ends = [state for state in _ENDS if any(arrow.end == state for arrow in arrows)]
    yield f'state "{_label(moment.name + stage)}" as {mine} {{'
    yield from (f"    {line}" for line in _waiting(model, moment, mine))
    yield from (f"    {_state(moment, state, mine)}" for state in ends)
    yield from (f"    {_arrow(arrow, mine)}" for arrow in arrows)
    yield from (f"    {mine}_{state} --> [*]" for state in ends)
    yield "}"


def _waiting(model: Model, moment: Moment, mine: str) -> Iterator[str]:
    """Draw what is not closed: `open`, and `at risk` in it where the moment can come to be so."""
    risks = _reasons(model, moment, moment.risk, "at-risk-before")
    if not risks:
        yield _state(moment, "open", mine, "waiting")
        return
    yield f'state "waiting" as {mine}_waiting {{'
    for state in ("open", "at_risk"):
        yield f"    {_state(moment, state, mine)}"
    yield f"    [*] --> {mine}_open"
    for why in risks:
        yield f"    {_arrow(_Arrow('open', 'at_risk', why), mine)}"
    yield "}"


def _arrows(model: Model, moment: Moment) -> Iterator[_Arrow]:
    """Give the ways into an open moment and out of it."""
    for why in _reasons(model, moment, moment.opens, "open-counted"):
        yield _Arrow("[*]", "waiting", why)
    outcomes = (
        ("met", moment.met, "met-quiet"),
        ("missed", moment.missed, "missed-late"),
        ("lapsed", 0, "lapsed"),
    )
    for state, mask, clock in outcomes:
        for why in _reasons(model, moment, mask, clock):
            yield _Arrow("waiting", state, why)
    if moment.after_close:
        yield from _afterwards(model, moment)


def _afterwards(model: Model, moment: Moment) -> Iterator[_Arrow]:
    """Give what signals still make of a closed instance."""
    for state, mask in (("met", moment.met), ("missed", moment.missed)):
        others = sorted(CLOSED - {state}) if mask else ()
        for other in others:
            yield _Arrow(other, state, _either(model, mask))


def _reasons(model: Model, moment: Moment, mask: int, clock: str) -> list[str]:
    """Give the signals, and the clock's reason where the model has one."""
    signals = [_either(model, mask)] if mask else []
    return signals + ([moment.reasons[clock]] if _by_clock(moment, clock) else [])


def _by_clock(moment: Moment, reason: str) -> bool:
    given = {
        "open-counted": moment.count or None,
        "at-risk-before": moment.risk_before,
        "met-quiet": moment.quiet_for,
        "missed-late": moment.met_within,
        "lapsed": moment.lapses_for,
    }
    return given[reason] is not None


def _state(moment: Moment, state: str, mine: str, ident: str = "") -> str:
    alerting = moment.alerts.get(state)
    tells = f" ({alerting.severity} alert{_to(alerting.team)})" if alerting else ""
    return f'state "{_label(state.replace("_", " ") + tells)}" as {mine}_{ident or state}'


def _to(team: str | None) -> str:
    return f" to {team}" if team else ""


def _arrow(arrow: _Arrow, mine: str) -> str:
    start, end = (one if one == "[*]" else f"{mine}_{one}" for one in (arrow.start, arrow.end))
    return f"{start} --> {end} : {_label(arrow.why)}"


def _either(model: Model, mask: int) -> str:
    return " or ".join(model.names_of(mask))


def _label(text: str) -> str:
    return text.translate(_ESCAPES)

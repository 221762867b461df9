"""A model as a Mermaid state diagram: what opens each moment, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from journey.model import Model
from journey.tables import Moment
from journey.word import CLOSED

# Mermaid ends a label at a colon's or semicolon's line and takes some signs for its own.
_ESCAPES = str.maketrans({sign: f"#{ord(sign)};" for sign in '#:;"<>{}%'} | {"\n": " "})
_ENDS = ("met", "missed", "lapsed")
_BY_CLOCK = {
    "open": ("open-counted", "open-sequence", "open-silent"),
    "at_risk": ("at-risk-before",),
    "met": ("met-quiet",),
    "missed": ("missed-late",),
    "lapsed": ("lapsed",),
}
"""The reasons, besides a signal, why a moment comes into a state; a moment has some of them."""


class _Arrow(msgspec.Struct, frozen=True):
    """From a state to another, because of something; states are those of moments, or `[*]`."""

    start: str
    end: str
    why: str


def draw(model: Model) -> str:
    """Write a model as a `stateDiagram-v2`, one composite state a moment, ending in a newline.

    Stages that are come to by signals are drawn last, as a state diagram of their own.
    """
    lines = ["---", f"title: {json.dumps(f'{model.title} ({model.name} {model.version})')}", "---"]
    lines += ["stateDiagram-v2", "    direction LR"]
    for moment in model.moments:
        lines += (f"    {line}" for line in _moment(model, moment))
    lines += (f"    {line}" for line in _stages(model))
    return "\n".join(lines) + "\n"


def _moment(model: Model, moment: Moment) -> Iterator[str]:
    mine = f"m{moment.index + 1}"
    arrows = list(_arrows(model, moment))
    if moment.after_close:
        arrows += _afterwards(model, moment, CLOSED & {arrow.end for arrow in arrows})
    ends = [state for state in _ENDS if any(arrow.end == state for arrow in arrows)]
    yield f'state "{_label(moment.name + _stage(moment))}" as {mine} {{'
    yield from (f"    {line}" for line in _waiting(model, moment, mine))
    yield from (f"    {_state(moment, state, mine)}" for state in ends)
    yield from (f"    {_arrow(arrow, mine)}" for arrow in arrows)
    yield from (f"    {mine}_{state} --> [*]" for state in ends)
    yield "}"


def _stage(moment: Moment) -> str:
    """Name the stage that a moment belongs to."""
    return f", stage {moment.stage}" if moment.stage else ""


def _waiting(model: Model, moment: Moment, mine: str) -> Iterator[str]:
    """Draw what is not closed: `open`, and `at risk` in it where the moment can come to be so."""
    risks = _reasons(model, moment, moment.risk, "at_risk")
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
    for why in _reasons(model, moment, moment.opens, "open"):
        yield _Arrow("[*]", "waiting", why)
    for state, mask in (
        ("met", moment.met),
        ("missed", moment.missed),
        ("lapsed", moment.lapses_on),
    ):
        for why in _reasons(model, moment, mask, state):
            yield _Arrow("waiting", state, why)
    if moment.chained:
        yield from _chain(model, moment)


def _chain(model: Model, moment: Moment) -> Iterator[_Arrow]:
    """Give what ends a chain, and how a window that did not end it leads to the next one."""
    if moment.ends:
        yield _Arrow("waiting", "met", f"{_either(model, moment.ends)} (the last)")
    yield _Arrow("met", "waiting", "next window")
    yield _Arrow("missed", "waiting", "next window")


def _afterwards(model: Model, moment: Moment, ends: frozenset[str]) -> Iterator[_Arrow]:
    """Give what signals still make of an instance that is closed, in one of its ends."""
    for state, mask in (("met", moment.met), ("missed", moment.missed)):
        others = sorted(ends - {state}) if mask else ()
        for other in others:
            yield _Arrow(other, state, _either(model, mask))


def _reasons(model: Model, moment: Moment, mask: int, state: str) -> list[str]:
    """Give the signals, and the other reasons where the moment has them."""
    signals = [_either(model, mask)] if mask else []
    others = [moment.reasons[key] for key in _BY_CLOCK[state] if key in moment.reasons]
    return signals + others


def _stages(model: Model) -> Iterator[str]:
    """Draw the stages that signals lead to; where moments lead to, stands at the moments."""
    moments = {model.outcome(moment.index, "open") for moment in model.moments}
    rules = [rule for rule in model.stage_rules if rule.on not in moments]
    if not rules:
        return
    yield 'state "stages" as stages {'
    for at, stage in enumerate(model.stages):
        yield f'    state "{_label(stage)}" as s{at + 1}'
    for rule in rules:
        for start in sorted(rule.start):
            why = _label(_either(model, rule.on))
            yield f"    s{start + 1} --> s{rule.place + 1} : {why}"
    yield "}"


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

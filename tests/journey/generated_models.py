"""Random models for Hypothesis: every construct, few names, durations on a grid of hours.

A model is drawn as values and written as YAML, so that it goes the whole way of a model. What is
optional is drawn so that it shrinks away.
"""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import strategies as st

from tests.journey.generated_moments import alerts, moment

EVENTS = ("Ask", "Buy", "Call", "Drop", "Echo")
PATHS = ("properties.k", "properties.v", "properties.n")
SPANS = ("3h", "6h", "1h", "24h", "2h", "48h")
STAGES = ("one", "two", "three")

Values = dict[str, Any]


@st.composite
def model_texts(draw: st.DrawFn, name: str = "generated") -> str:
    """Draw a valid model, as its text."""
    count = draw(st.integers(1, 3))
    moments = [f"m{at}" for at in range(count)]
    outcomes = {one: [f"{one}.{state}" for state in _STATES] for one in moments}
    every = [one for names in outcomes.values() for one in names]
    signals = draw(_signals(every))
    facts, scores = draw(_facts(signals, every)), draw(_scores(signals, every))
    conditions = draw(_conditions(facts, scores, moments))
    if conditions:
        for signal in signals.values():
            if "of" in signal:
                signal["when"] = draw(st.sampled_from(sorted(conditions)))
    model: Values = {
        "model": name,
        "version": "1.0.0",
        "title": "Drawn by Hypothesis",
        "source": "the tests",
        "keys": {"k": "properties.k", "channel": "signal.channel"},
        "calendars": {"office": {"zone": "Europe/Amsterdam", "hours": {"mon-sun": "09:00-17:00"}}},
        "stages": {},
        "signals": signals,
        "facts": facts,
        "scores": scores,
        "conditions": conditions,
        "moments": {},
    }
    for at, one in enumerate(moments):
        usable = _usable(
            signals, [outcome for below in moments[at:] for outcome in outcomes[below]]
        )
        usable += [outcome for above in moments[:at] for outcome in outcomes[above]]
        spec = draw(moment(usable, sorted(facts)))
        if draw(_seldom):
            spec[draw(st.sampled_from(["stage", "in-stage"]))] = draw(st.sampled_from(STAGES))
        if draw(st.booleans()):
            spec["alert"] = draw(alerts(sorted(conditions)))
        model["moments"][one] = spec
    model["stages"] = draw(_stages([*signals, *every]))
    return yaml.dump(
        model, Dumper=yaml.CSafeDumper, sort_keys=False, default_flow_style=None, width=100
    )


_STATES = ("open", "at_risk", "met", "missed", "lapsed")
_seldom = st.sampled_from([False, False, False, True])


def some(names: list[str], most: int = 2) -> st.SearchStrategy[list[str]]:
    """Draw a few of the names."""
    return st.lists(st.sampled_from(names), min_size=1, max_size=most, unique=True)


def _usable(signals: Values, hidden: list[str]) -> list[str]:
    """Give the signals that a moment may name: none that come of what is hidden alone."""
    unknown, usable = set(hidden), []
    for name, signal in signals.items():
        if "of" in signal and unknown.issuperset(signal["of"]):
            unknown.add(name)
        else:
            usable.append(name)
    return usable


@st.composite
def _signals(draw: st.DrawFn, outcomes: list[str]) -> dict[str, Values]:
    signals: dict[str, Values] = {}
    for at in range(draw(st.integers(2, 4))):
        signals[f"s{at}"] = {"events": draw(some(list(EVENTS)))} | draw(_attributes())
        if draw(_seldom):
            signals[f"s{at}"]["where"] = {"properties.v": draw(st.sampled_from(["x", "y"]))}
        if draw(st.booleans()):
            signals[f"s{at}"]["value"] = "properties.n"
    for at in range(draw(st.integers(0, 2))):
        of = draw(some([*signals, *outcomes]))
        signals[f"d{at}"] = {"of": of} | (draw(_attributes()) if draw(_seldom) else {})
    return signals


@st.composite
def _attributes(draw: st.DrawFn) -> Values:
    found: Values = {}
    read = {"from": "properties.v", "values": {"x": "web", "y": "shop"}}
    if draw(st.booleans()):
        found["channel"] = draw(st.sampled_from(["web", "shop", read, read | {"else": "web"}]))
    if draw(st.booleans()):
        mapped = {"from": "properties.v", "values": {"x": -1, "y": 0.3}}
        found["polarity"] = draw(st.sampled_from([0.5, -0.7, mapped, {"from": "properties.n"}]))
    if draw(_seldom):
        found["about"] = "properties.k"
    if draw(_seldom):
        found["need"] = draw(st.sampled_from(["help", {"from": "properties.v"}]))
    return found


@st.composite
def _facts(draw: st.DrawFn, signals: Values, outcomes: list[str]) -> dict[str, Values]:
    facts: dict[str, Values] = {}
    names = [*signals, *outcomes]
    valued = [name for name, one in signals.items() if "of" in one or "value" in one]
    for at in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["count", "latest", "distinct", "most", "sum"]))
        source = draw(st.sampled_from([*PATHS, "signal.channel", "signal.polarity"]))
        fact: Values = {kind: source, "of": draw(some(names))}
        if kind == "latest" and draw(_seldom):
            read = {"from": "properties.v", "values": {"x": True, "y": 2}, "else": False}
            fact["latest"] = draw(st.sampled_from([read, {"from": "properties.n", "else": "web"}]))
        if kind == "count":
            fact = {"count": draw(some(names))}
            if draw(st.booleans()):
                fact["within"] = draw(st.sampled_from(SPANS))
        if kind == "sum":
            fact = {"sum": "value", "of": draw(some([*valued, *outcomes]))}
        if draw(_seldom):
            fact["until"] = draw(some(names))
        facts[f"f{at}"] = fact
    return facts


@st.composite
def _scores(draw: st.DrawFn, signals: Values, outcomes: list[str]) -> dict[str, Values]:
    scores: dict[str, Values] = {}
    polar = {
        name
        for name, one in signals.items()
        if "polarity" in one or any("polarity" in signals.get(of, {}) for of in one.get("of", ()))
    }
    for at in range(draw(st.integers(0, 2))):
        moves: Values = {}
        for name in draw(some([*signals, *outcomes], 3)):
            steps: list[Any] = [1, -0.75, 3.2, *(["polarity"] if name in polar else [])]
            moves[name] = draw(st.sampled_from(steps))
        score: Values = {"moves": moves}
        if draw(st.booleans()):
            score["half-life"] = draw(st.sampled_from([*SPANS, "7d"]))
        if draw(st.booleans()):
            by = st.sampled_from(["channel", "signal", "about", "need"])
            score["by"] = draw(st.lists(by, min_size=1, max_size=2, unique=True))
        if draw(_seldom):
            score |= {"least": draw(st.sampled_from([-1, 0.5])), "most": 2}
        scores[f"p{at}"] = score
    return scores


@st.composite
def _conditions(
    draw: st.DrawFn, facts: Values, scores: Values, moments: list[str]
) -> dict[str, Values]:
    conditions: dict[str, Values] = {}
    for at in range(draw(st.integers(0, 3))):
        ways: list[st.SearchStrategy[Values]] = [
            st.builds(lambda stages: {"stage": stages}, some(list(STAGES))),
            st.builds(lambda one: {"open": one}, st.sampled_from(moments)),
        ]
        if facts:
            ways.append(_about_fact(sorted(facts)))
        if scores:
            ways.append(_about_score(scores))
        if conditions:
            names = some(sorted(conditions))
            ways.append(
                st.builds(lambda kind, of: {kind: of}, st.sampled_from(["all", "any"]), names)
            )
            ways.append(st.builds(lambda of: {"not": of}, st.sampled_from(sorted(conditions))))
        conditions[f"c{at}"] = draw(st.one_of(ways))
    return conditions


@st.composite
def _about_fact(draw: st.DrawFn, facts: list[str]) -> Values:
    asked = [
        {"at-least": 2},
        {"exists": False},
        {"exists": True},
        {"equals": "web"},
        {"less-than": 3},
    ]
    return {"fact": draw(st.sampled_from(facts))} | draw(st.sampled_from(asked))


@st.composite
def _about_score(draw: st.DrawFn, scores: Values) -> Values:
    name = draw(st.sampled_from(sorted(scores)))
    asked: list[Values] = [{"at-least": 0.5}, {"less-than": 1}, {"at-most": -0.1}, {"equals": 0}]
    if "by" in scores[name]:
        asked += [{"below-others": 0.3}, {"below-others": 0.1, "at-least": 0}]
    return {"score": name} | draw(st.sampled_from(asked))


@st.composite
def _stages(draw: st.DrawFn, names: list[str]) -> Values:
    stages: Values = dict.fromkeys(STAGES)
    for place, stage in enumerate(STAGES):
        if draw(st.booleans()):
            enters: Values = {"on": draw(some(names))}
            start = draw(st.sampled_from(["any", None, ["one"], ["two", "three"]]))
            if start is not None or place > 0:
                stages[stage] = {"enters": enters | ({} if start is None else {"from": start})}
    return stages

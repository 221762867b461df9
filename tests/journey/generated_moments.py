"""Random moments for the models that Hypothesis draws."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Values = dict[str, Any]

_SPANS = st.sampled_from(["6h", "3h", "24h", "1h", "48h"])
_seldom = st.sampled_from([False, False, False, True])


@st.composite
def moment(draw: st.DrawFn, names: list[str], facts: list[str]) -> Values:
    """Draw a moment whose rules may name these signals and outcomes, and tell these facts."""
    some = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    spec: Values = {"title": "Drawn", "opens": draw(_opens(names))}
    spec |= draw(_chain(names)) if draw(_seldom) else draw(_met(names))
    if draw(_seldom):
        spec["key"] = draw(st.sampled_from(["k", "k", "channel"]))
        spec["unmatched"] = draw(st.sampled_from(["ignored", "latest"]))
    if draw(_seldom) and "met" in spec:
        spec["after-close"] = True
    if draw(_seldom) and "met" in spec and next(iter(spec["opens"])) != "without":
        spec["at-once"] = True
    if draw(_seldom):
        spec["missed"] = {"on": draw(some)}
    if draw(_seldom) and "lapses" not in spec:
        spec["lapses"] = draw(_lapses(names))
    if draw(_seldom):
        spec["at-risk"] = {"on": draw(some)} | spec.get("at-risk", {})
    if draw(_seldom):
        sources = ["properties.v", "signal.channel", "signal.need"]
        spec["labels"] = {"who": draw(st.sampled_from(sources))}
    if draw(st.booleans()) and facts:
        spec["tells"] = draw(st.lists(st.sampled_from(facts), min_size=1, unique=True))
    return spec


@st.composite
def _opens(draw: st.DrawFn, names: list[str]) -> Values:
    kinds = ["on", "count", "sequence", "without"]
    chosen = draw(st.sampled_from([1, 1, 1, 2, 3]))
    ways = [
        draw(_way(kind, names))
        for kind in draw(
            st.lists(st.sampled_from(kinds), min_size=chosen, max_size=chosen, unique=True)
        )
    ]
    return ways[0] if len(ways) == 1 else {"any": ways}


@st.composite
def _way(draw: st.DrawFn, kind: str, names: list[str]) -> Values:
    some = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    if kind == "on":
        return {"on": draw(some)}
    if kind == "without":
        return {"without": draw(some), "for": draw(_SPANS), "since": draw(some)}
    within = {"within": draw(_SPANS)} if draw(st.booleans()) else {}
    if kind == "sequence":
        steps = st.one_of(st.sampled_from(names), some)
        return {"sequence": draw(st.lists(steps, min_size=2, max_size=3))} | within
    apart = {"apart": draw(st.sampled_from(["1h", "2h", "1s"]))} if draw(_seldom) else {}
    return {"count": draw(st.integers(2, 3)), "of": draw(some)} | within | apart


@st.composite
def _deadline(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a time to the deadline, and how long before it there is a risk."""
    return draw(
        st.sampled_from(
            [("6h", "3h"), ("24h", "1h"), ("3h", "2h"), ("8 business hours", "3 business hours")]
        )
    )


@st.composite
def _clock(draw: st.DrawFn, names: list[str], within: str) -> Values:
    some = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    clock: Values = {}
    if "business" in within or draw(_seldom):
        clock["calendar"] = "office"
    if draw(st.booleans()):
        clock["pause"] = {"on": draw(some), "until": draw(some)}
    if draw(_seldom):
        clock["reset"] = draw(some)
    return {"clock": clock} if clock else {}


@st.composite
def _met(draw: st.DrawFn, names: list[str]) -> Values:
    some = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    found: Values = {}
    ways: list[Values] = [{"on": draw(some)}]
    if draw(st.booleans()):
        within, before = draw(_deadline())
        ways[0]["within"] = within
        if draw(st.booleans()):
            found["at-risk"] = {"before": before}
        found |= draw(_clock(names, within))
    if draw(_seldom):
        ways.append({"quiet": draw(some), "for": draw(_SPANS)})
    return found | {"met": ways[0] if len(ways) == 1 else {"any": ways}}


@st.composite
def _chain(draw: st.DrawFn, names: list[str]) -> Values:
    some = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    long = [("24h", "3h"), ("48h", "24h"), ("8 business hours", "3 business hours")]
    within, before = draw(st.sampled_from(long))
    every = {"on": draw(some), "within": within}
    if draw(st.booleans()):
        every["at-risk-before"] = before
    found: Values = {"every": every} | draw(_clock(names, within))
    if draw(_seldom):
        found["lapses"] = draw(_lapses(names))
    if "lapses" not in found or draw(st.booleans()):
        found["ends"] = {"on": draw(some)}
    return found


@st.composite
def _lapses(draw: st.DrawFn, names: list[str]) -> Values:
    some = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    on, silence = {"on": draw(some)}, {"without": draw(some), "for": draw(_SPANS)}
    return draw(st.sampled_from([on, silence, on | silence]))


@st.composite
def alerts(draw: st.DrawFn, conditions: list[str]) -> Values:
    """Draw the alerts of a moment."""
    found: Values = {}
    states = ["open", "at_risk", "missed", "lapsed"]
    for state in draw(st.lists(st.sampled_from(states), min_size=1, max_size=3, unique=True)):
        alert: Values = {"severity": "info", "title": "To see to"}
        if draw(st.booleans()) and conditions:
            alert["unless"] = draw(st.sampled_from(conditions))
        if draw(_seldom):
            alert["at-most-every"] = draw(_SPANS)
        if draw(_seldom):
            alert["resolves-after"] = draw(_SPANS)
        found[state] = alert
    return found

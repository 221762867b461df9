"""What a subject forgets of links at the cut, nothing hangs on any more."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from journey.instant import HOUR, MINUTE
from journey.links import Link, counting, told
from services.detector.hops.kept import LinksOf, Telling

CUT = 100 * HOUR
CLOCK = CUT + 100 * HOUR
"""What comes from now on arrives after it; what happened before the cut arrived before."""

IDS = st.sampled_from(["m1", "m2", "m3"])
PERSONS = st.sampled_from(["person:u", "person:v"])
HALF_HOURS = st.integers(-60, 60).map(lambda count: CUT + count * 30 * MINUTE)


@st.composite
def links_before(draw: st.DrawFn) -> Link:
    t = draw(HALF_HOURS)
    return Link(draw(IDS), t, t + draw(st.sampled_from([0, 1, HOUR])), "anon:d", draw(PERSONS))


@st.composite
def links_after(draw: st.DrawFn) -> Link:
    t = draw(HALF_HOURS.filter(lambda t: t >= CUT))
    return Link(draw(IDS), t, CLOCK + draw(st.integers(1, 3)), "anon:d", draw(PERSONS))


@given(st.lists(links_before(), max_size=6), st.lists(links_after(), max_size=3))
def test_what_is_forgotten_at_the_cut_makes_no_difference(
    before: list[Link], after: list[Link]
) -> None:
    telling, of = Telling(), LinksOf()
    for link in telling.tells(before):
        of.take(link)
    telling.cut(CUT)
    of.cut(CUT)
    for link in telling.tells(after):
        of.take(link)
    assert deciding(of.counting()) == deciding(counting(told([*before, *after])))


def deciding(links: list[Link]) -> list[Link]:
    """Give the links that say whose is what happens from the cut on."""
    below = [link for link in links if link.t < CUT]
    return below[-1:] + [link for link in links if link.t >= CUT]


@given(st.lists(links_before(), max_size=8), st.randoms(use_true_random=False))
def test_in_whatever_order_links_are_told_the_same_ones_count(
    links: list[Link], random: Random
) -> None:
    random.shuffle(links)
    of = LinksOf()
    for link in Telling().tells(links):
        of.take(link)
    assert of.counting() == counting(told(links))

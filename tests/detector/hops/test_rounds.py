"""The forward clock in rounds: safe with few steps published, and never held up by traffic."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.event import Event, anonymous, person
from services.detector.clock import Published, parse_published
from services.detector.hops.rounds import Reached, Rounds, Trail, oldest_since
from tests.detector.hops.machine import LONG_MERGE, home
from tests.detector.hops.network import ALLOWANCE, COUNT, EVERYTHING, Network

causes = st.lists(st.integers(0, 100), max_size=60)


@given(causes, st.integers(0, 60))
def test_a_trail_names_no_cause_that_is_too_young(sent: list[int], since: int) -> None:
    trail = Trail()
    for offset, cause in enumerate(sent):
        trail.sent(offset, cause)
    told = oldest_since(since, trail.steps)
    if sent[since:]:
        assert told is not None
        assert told <= min(sent[since:])


@given(st.lists(st.integers(0, 100), max_size=16), st.integers(0, 16))
def test_a_short_trail_is_exact(sent: list[int], since: int) -> None:
    trail = Trail()
    for offset, cause in enumerate(sent):
        trail.sent(offset, cause)
    assert oldest_since(since, trail.steps) == min(sent[since:], default=None)


@given(causes, causes)
def test_a_trail_goes_on_from_what_was_published(before: list[int], after: list[int]) -> None:
    one = Trail()
    for offset, cause in enumerate(before):
        one.sent(offset, cause)
    text = Published(1, 1, trail=one.steps).text()
    other = Trail(parse_published([text]).trail)
    for offset, cause in enumerate(after, len(before)):
        one.sent(offset, cause)
        other.sent(offset, cause)
    assert one.steps == other.steps


def test_a_trail_forgets_what_the_clock_has_passed() -> None:
    trail = Trail(((3, 10), (5, 20)))
    trail.forget(10)
    assert trail.steps == ((5, 20),)


def test_where_nothing_is_under_way_a_round_is_complete_at_once() -> None:
    rounds = Rounds()
    rounds.begin(100, {0: Reached(4, ((2, 50),)), 1: Reached(7)}, {0: 4, 1: 7})
    assert rounds.known == 100


def test_a_round_waits_until_all_have_committed_up_to_its_ends() -> None:
    rounds = Rounds()
    rounds.begin(100, {0: Reached(4), 1: Reached(7)}, {0: 4, 1: 8})
    assert rounds.known is None
    rounds.committed({0: Reached(6), 1: Reached(8)})
    assert rounds.known == 100


def test_the_clock_stops_before_the_oldest_that_was_sent_on_during_a_round() -> None:
    rounds = Rounds()
    rounds.begin(100, {0: Reached(4), 1: Reached(7)}, {0: 4, 1: 8})
    rounds.committed({0: Reached(4, ((2, 10),)), 1: Reached(8, ((7, 60), (9, 200)))})
    assert rounds.known == 59


def test_what_is_known_never_falls() -> None:
    rounds = Rounds()
    rounds.begin(100, {0: Reached(1)}, {0: 1})
    rounds.begin(90, {0: Reached(1)}, {0: 1})
    assert rounds.known == 100


@pytest.mark.parametrize("aliases", [0, 1, 2])
def test_the_clock_follows_however_many_hops_events_take_without_a_pause(aliases: int) -> None:
    network = Network(LONG_MERGE)
    names = ["u", "v", "u1"][: aliases + 1]
    claims = [Event(person("u"), "m0", network.now, network.now, "Seen", device="d1")]
    for before, after in pairwise(names):
        at = f"m-{after}"
        claims.append(Event(person(after), at, network.now, network.now, "Seen", formerly=before))
    for event in claims:
        network.send(event, home(event))
    network.settle()
    lags = []
    for tick in range(60):
        network.now += 1
        view = Event(anonymous("d1"), f"v{tick}", network.now, network.now, "Seen", group="acme")
        network.send(view, home(view))
        for number in range(COUNT):
            network.read_rekeyed(number, EVERYTHING)
            network.read_sources(number, EVERYTHING)
        for number in range(COUNT):
            network.commit(number)
            network.mark(number)
        for number in range(COUNT):
            network.look(number)
        lags.append(network.now - min(one.clock.now for one in network.numbers))
    one_a_hop = aliases + 1
    assert max(lags) <= ALLOWANCE + one_a_hop

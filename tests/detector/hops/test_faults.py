"""The model is sharp: each known fault of the hops, put back alone, is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from journey.event import Event, anonymous, person
from journey.instant import MINUTE
from tests.detector.hops.faults import FAULTS, Fault
from tests.detector.hops.machine import LONG_MERGE, Hops, home
from tests.detector.hops.network import COUNT, EVERYTHING, Network

RARE = {
    "a link dropped that none of its hour precedes in both stamps",
    "last stable offset instead of the high watermark",
}
"""Found by the machine as well, but only in hundreds of examples: see the stories below."""

ONE_IS_ENOUGH = settings(
    max_examples=1_000,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> Iterator[Fault]:
    fault = FAULTS[request.param]
    with pytest.MonkeyPatch.context() as patch:
        if fault.name:
            patch.setattr(fault.owner, fault.name, fault.becomes)
        yield fault


@pytest.mark.parametrize("fault", sorted(FAULTS.keys() - RARE), indirect=True)
def test_the_machine_finds_a_fault_that_is_put_back(fault: Fault) -> None:
    class Faulty(Hops):
        network_of = fault.network

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Faulty, settings=ONE_IS_ENOUGH)


def a_second_link_of_an_hour(network: Network) -> None:
    """Of two links of an hour the one that happened first comes last; another lies between."""
    ago = [30 * MINUTE, 25 * MINUTE, 20 * MINUTE]
    now = network.now
    view = Event(anonymous("d1"), "view", now - 40 * MINUTE, now, "Seen")
    happened_last, between = (
        Event(person(who), f"m{at}", now - ago[at], now, "Seen", device="d1")
        for at, who in ((2, "u"), (1, "v"))
    )
    for event in (view, happened_last, between):
        network.send(event, home(event))
    network.settle()
    comes_last = Event(person("u"), "m0", now - ago[0], network.now, "Seen", device="d1")
    network.send(comes_last, home(comes_last))
    network.settle()


def a_clock_that_is_asked_within_a_commit(network: Network) -> None:
    """What a number sends shows in its offsets before readers get it."""
    event = Event(anonymous("d1"), "m0", network.now, network.now, "Seen")
    elsewhere = (home(event) + 1) % COUNT
    network.send(event, elsewhere)
    network.now += MINUTE
    network.read_sources(elsewhere, EVERYTHING)
    network.commit(elsewhere)
    network.look(home(event))
    network.mark(elsewhere)
    network.read_rekeyed(home(event), EVERYTHING)


STORIES = {
    "a link dropped that none of its hour precedes in both stamps": a_second_link_of_an_hour,
    "last stable offset instead of the high watermark": a_clock_that_is_asked_within_a_commit,
}


@pytest.mark.parametrize("fault", sorted(RARE), indirect=True)
def test_a_story_finds_a_fault_that_is_put_back(
    fault: Fault, request: pytest.FixtureRequest
) -> None:
    story = STORIES[request.node.callspec.params["fault"]]
    with pytest.raises(AssertionError):
        story(fault.network(LONG_MERGE))


@pytest.mark.parametrize("story", STORIES.values())
def test_the_stories_pass_without_a_fault(story: Callable[[Network], None]) -> None:
    story(Network(LONG_MERGE))

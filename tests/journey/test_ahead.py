"""What has arrived is folded before the clock comes to it; what has not, and deadlines, wait."""

from __future__ import annotations

import pytest

from journey.engine import Engine
from journey.event import Event
from journey.folding import AHEAD
from journey.instant import HOUR, MINUTE
from journey.journey import Journey
from journey.language import parse_model
from journey.said import Said
from tests.journey.histories import SUBJECT
from tests.journey.test_folding import HASTE

ENGINE = Engine([parse_model(HASTE, "haste.yaml")])
LOOK, BOUGHT = "Product Viewed", "Order Completed"
START = 100 * HOUR


@pytest.fixture
def journey() -> Journey:
    return ENGINE.open(SUBJECT)


def event(name: str, t: int, a: int | None = None) -> Event:
    return Event(SUBJECT, f"{name} at {t}", t, t if a is None else a, name)


def moments(said: Said) -> list[tuple[str | None, str]]:
    return [(word.moment, word.to) for word in said.transitions if word.kind == "moment"]


def test_what_has_arrived_is_said_at_once(journey: Journey) -> None:
    said = ENGINE.step(journey, event(LOOK, START), START - AHEAD)
    assert moments(said) == [("promise", "open")]
    assert journey.clock == START - AHEAD


def test_what_is_far_ahead_of_a_clock_that_lags_waits_until_it_is_near(journey: Journey) -> None:
    assert not ENGINE.step(journey, event(LOOK, START), START - HOUR)
    assert ENGINE.due(journey) == START - AHEAD
    assert moments(ENGINE.advance(journey, START - AHEAD)) == [("promise", "open")]


def test_what_is_ahead_of_its_arrival_waits_for_the_clock(journey: Journey) -> None:
    assert not ENGINE.step(journey, event(LOOK, START + MINUTE, START), START)
    assert ENGINE.due(journey) == START + MINUTE
    assert moments(ENGINE.advance(journey, START + MINUTE)) == [("promise", "open")]


def test_it_waits_no_longer_when_the_customer_was_heard_of_since(journey: Journey) -> None:
    ENGINE.step(journey, event(LOOK, START + MINUTE, START), START)
    heard = event(BOUGHT, START + MINUTE + 1, START + MINUTE)
    said = ENGINE.step(journey, heard, START + MINUTE - 1)
    assert moments(said) == [("promise", "open")]
    assert moments(ENGINE.advance(journey, START + MINUTE + 1)) == [("promise", "met")]


def test_a_copy_that_arrives_later_is_heard_of_as_well(journey: Journey) -> None:
    ENGINE.step(journey, event(LOOK, START + MINUTE, START), START)
    restored = ENGINE.decode(SUBJECT, ENGINE.encode(journey))
    said = ENGINE.step(restored, event(LOOK, START + MINUTE, START + MINUTE), START + MINUTE - 1)
    assert moments(said) == [("promise", "open")]


def test_it_is_heard_of_also_after_a_restart(journey: Journey) -> None:
    ENGINE.step(journey, event(BOUGHT, START, START + MINUTE), START)
    restored = ENGINE.decode(SUBJECT, ENGINE.encode(journey))
    said = ENGINE.step(restored, event(LOOK, START + MINUTE, START), START + MINUTE - 1)
    assert moments(said) == [("promise", "open")]


def test_a_deadline_that_comes_first_is_waited_for(journey: Journey) -> None:
    ENGINE.step(journey, event(LOOK, START), START)
    due, again = START + 4 * HOUR, START + 4 * HOUR + 1
    assert not ENGINE.step(journey, event(LOOK, again), due - 1)
    # Until the clock has passed the deadline, an answer may come that makes it met.
    assert ENGINE.due(journey) == due
    said = ENGINE.step(journey, event(BOUGHT, due, due + 2), due - 1)
    assert moments(said) == [("promise", "met"), ("promise", "open")]


def test_a_deadline_that_passed_is_said_before_what_comes_after_it(journey: Journey) -> None:
    ENGINE.step(journey, event(LOOK, START), START)
    ENGINE.step(journey, event(LOOK, START + 4 * HOUR + 1), START + HOUR)
    said = ENGINE.advance(journey, START + 4 * HOUR)
    assert moments(said) == [("promise", "missed"), ("promise", "open")]


def test_a_deadline_that_stands_no_more_holds_nothing_up(journey: Journey) -> None:
    ENGINE.step(journey, event(LOOK, START), START)
    ENGINE.step(journey, event(BOUGHT, START + HOUR), START + HOUR)
    said = ENGINE.step(journey, event(LOOK, START + 4 * HOUR + 1), START + 4 * HOUR - 1)
    assert moments(said) == [("promise", "open")]


def test_a_journey_is_shown_as_of_what_is_folded(journey: Journey) -> None:
    ENGINE.step(journey, event(LOOK, START), START - 1)
    assert journey.reached == START
    assert ENGINE.view(journey)["clock"] == "1970-01-05T04:00:00Z"

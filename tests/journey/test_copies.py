"""Copies of one message: each winner absorbs those up to 24 h after itself."""

from __future__ import annotations

from journey.engine import Engine
from journey.event import Event, Fields
from journey.instant import DAY, HOUR
from journey.said import Transition
from tests.journey.histories import SUBJECT, shipped

ENGINE = Engine([shipped("four-moments")])


def order(hour: int, *, total: float = 10, delay: int = 0) -> Event:
    """Make the order of message m1, as its sender stamped it in that hour."""
    fields: Fields = {"properties.order_id": "o1", "properties.total": total}
    t = hour * HOUR
    return Event(SUBJECT, "m1", t, t + delay, "Order Completed", fields=fields)


def orders_said(*events: Event, cut_at: int | None = None) -> list[Transition]:
    """Give the last words on use, after these arrivals; cut before the last one if asked to."""
    journey = ENGINE.open(SUBJECT)
    last: dict[str, Transition] = {}
    for event in events:
        if event is events[-1] and cut_at is not None:
            ENGINE.advance(journey, cut_at)
            ENGINE.cut(journey)
        step, tick = ENGINE.step(journey, event, event.a), ENGINE.advance(journey, event.a)
        for said in step.transitions + tick.transitions:
            if said.moment == "smot":
                last[said.instance] = said
    return [said for said in last.values() if said.to != "retracted"]


def test_a_copy_stamped_within_a_day_changes_nothing() -> None:
    assert len(orders_said(order(0), order(24))) == 1


def test_a_copy_stamped_more_than_a_day_later_is_another_event() -> None:
    journey = ENGINE.open(SUBJECT)
    ENGINE.step(journey, order(0), 0)
    ENGINE.step(journey, order(25), 25 * HOUR)
    assert len(journey.history.entries) == 2


def test_a_copy_with_an_earlier_stamp_takes_the_place_of_the_later() -> None:
    (said,) = orders_said(order(5), order(0, delay=6 * HOUR))
    assert said.at == "1970-01-01T00:00:00Z"


def test_of_two_copies_stamped_alike_the_content_decides() -> None:
    ways = [orders_said(order(0, total=a), order(0, total=b)) for a, b in ((10, 20), (20, 10))]
    assert [said.value for (said,) in ways] == [10.0, 10.0]


def test_a_copy_is_known_for_a_day_past_the_cut() -> None:
    late = order(20, delay=7 * DAY)
    assert orders_said(order(0), late, cut_at=7 * DAY + 10 * HOUR)[0].at == "1970-01-01T00:00:00Z"
    journey = ENGINE.open(SUBJECT)
    ENGINE.step(journey, order(0), 0)
    ENGINE.advance(journey, 7 * DAY + 10 * HOUR)
    ENGINE.cut(journey)
    assert journey.history.entries == []
    assert not ENGINE.step(journey, late, late.a)
    assert journey.history.entries == []

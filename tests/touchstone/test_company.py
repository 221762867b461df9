"""The simulated company: the same from the same seed, and within what live events may be."""

from __future__ import annotations

from itertools import islice

from journey.instant import DAY, MINUTE, parse_instant
from topics import envelope
from topics.catalogue import load
from touchstone.company.events import Arrival, Company

START = parse_instant("2026-11-21T10:00:00Z")


def company(seed: int = 1, customers: int = 50, speed: float = 20) -> Company:
    return Company(customers=customers, seed=seed, start=START, speed=speed)


def some(seed: int = 1) -> list[Arrival]:
    one = company(seed)
    return one.past(4) + list(islice(one.live(3.0), 500))


def test_the_same_seed_gives_the_same_events() -> None:
    assert some() == some()
    assert some(1) != some(2)


def test_arrivals_are_in_order_and_the_past_ends_at_the_start() -> None:
    past = company().past(4)
    arrivals = [at for at, _, _ in past]
    assert arrivals == sorted(arrivals)
    assert arrivals[-1] <= START
    live = [at for at, _, _ in islice(company().live(3.0), 500)]
    assert live == sorted(live)
    assert live[0] >= START


def test_every_event_can_be_used_and_its_name_is_in_the_catalogue() -> None:
    for _, _, event in some():
        envelope.check(event)
        assert load().family(envelope.name_of(event)) is not None or event["event"]


def test_no_event_of_the_past_is_older_than_live_events_may_be() -> None:
    """All of it is sent at the start, so even the oldest must be admitted then."""
    for _, _, event in company().past(4):
        assert START - envelope.instant(event, "timestamp") < 7 * DAY - DAY


def test_some_events_are_late_some_come_twice_some_are_anonymous() -> None:
    events = company(customers=400).past(4)
    ids = [event["messageId"] for _, _, event in events]
    assert len(set(ids)) < len(ids)
    assert any("userId" not in event for _, _, event in events)
    delays = [at - envelope.instant(event, "timestamp") for at, _, event in events]
    assert min(delays) >= 0
    assert max(delays) > 3 * MINUTE


def test_live_events_come_at_about_the_rate() -> None:
    events = list(islice(company().live(3.0), 3_000))
    seconds = (events[-1][0] - START) / 1000
    assert 2 < 3_000 / seconds < 4


def test_without_days_there_is_no_past() -> None:
    assert company().past(0) == []

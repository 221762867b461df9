"""The core of the detector, without a broker."""

from __future__ import annotations

import msgspec
import pytest

from journey.instant import DAY, HOUR, MINUTE, parse_instant
from journey.said import Transition
from services.detector.errors import TooManyBad
from services.detector.limits import Limits
from services.detector.records import Outgoing, RecordSet
from services.detector.timers import MOST_FIRED
from tests.detector.driver import COUNT, START, Driver
from topics.contracts import (
    DEAD_LETTERS,
    EVENTS_PURCHASE,
    EVENTS_WEB,
    JOURNEYS,
    REKEYED,
    SOURCES,
    TRANSITIONS,
)
from topics.marks import mark_headers
from topics.partition import partition_of


def dead(driver: Driver) -> list[Outgoing]:
    flush = driver.flush()
    assert flush is not None
    return [one for one in flush.work.outgoing if one.topic == DEAD_LETTERS]


def reason(letter: Outgoing) -> str:
    return (dict(letter.headers)["touchstone_reason"] or b"").decode()


def test_deadline_fires_without_any_event() -> None:
    driver = Driver()
    driver.tick()
    driver.event("Product Added")
    driver.read()
    assert driver.said() == [("fmot", "open")]
    driver.tick(START + DAY - 1)
    assert driver.said() == []
    driver.tick(START + DAY + MINUTE)
    assert ("fmot", "missed") in driver.said()


def test_deadline_fires_for_a_journey_that_is_not_in_memory() -> None:
    driver = Driver(limits=Limits(journeys=2))
    driver.tick()
    for nth in range(10):
        driver.event("Product Added", who=driver.customer(nth))
    driver.read()
    assert len(driver.said()) == 10
    assert driver.partition.in_memory < 10
    driver.tick(START + DAY + MINUTE)
    assert driver.said().count(("fmot", "missed")) == 10


def test_deadline_survives_a_restart() -> None:
    driver = Driver()
    driver.tick()
    driver.event("Product Added")
    driver.read()
    driver.said()
    driver.restart()
    driver.tick(START + DAY + MINUTE)
    assert ("fmot", "missed") in driver.said()


def test_nothing_is_missed_while_an_answer_waits_unread() -> None:
    driver = Driver()
    driver.tick()
    driver.event("Product Added")
    driver.read()
    driver.said()
    driver.now = START + HOUR
    driver.event("Order Completed", order_id="o1", total=5)
    driver.tick(START + 3 * DAY)  # the detector was away; the order lies unread
    assert driver.said() == []
    driver.read()
    driver.tick()
    assert ("fmot", "met") in driver.said()


def test_records_that_were_folded_are_not_folded_again() -> None:
    driver = Driver()
    driver.tick()
    driver.event("Product Viewed")
    driver.event("Product Viewed")
    again = RecordSet(EVENTS_WEB, 0, driver.log[EVENTS_WEB], 0, 2)
    driver.read()
    driver.said()
    assert driver.partition.fold(again) is None
    assert driver.flush() is None
    assert driver.partition.positions[EVENTS_WEB] == 2


def test_a_jump_is_read_again_and_the_same_jump_twice_is_a_gap() -> None:
    driver = Driver()
    driver.tick()
    for _ in range(3):
        driver.event("Product Viewed")
    jumped = RecordSet(EVENTS_WEB, 0, driver.log[EVENTS_WEB][2:], 2, 3)
    assert driver.partition.fold(jumped) == 0
    assert driver.partition.fold(jumped) is None
    flush = driver.flush()
    assert flush is not None
    assert [(gap.begin, gap.end) for gap in flush.tally.gaps] == [(0, 2)]


def test_a_gap_is_found_although_later_sets_were_fetched_before_it_was_read_again() -> None:
    driver = Driver()
    driver.tick()
    for _ in range(4):
        driver.event("Product Viewed")
    log = driver.log[EVENTS_WEB]
    third, fourth = (RecordSet(EVENTS_WEB, 0, log[at : at + 1], at, at + 1) for at in (2, 3))
    assert [driver.partition.fold(one) for one in (third, fourth)] == [0, 0]
    assert [driver.partition.fold(one) for one in (third, fourth)] == [None, None]
    assert driver.partition.positions[EVENTS_WEB] == 4


def test_the_end_of_a_transaction_in_a_source_is_committed_as_others_wait_for_it() -> None:
    driver = Driver()
    driver.tick()
    assert driver.partition.fold(RecordSet(EVENTS_WEB, 0, (), 0, 5)) is None
    flush = driver.flush()
    assert flush is not None
    assert flush.work.offsets[EVENTS_WEB] == 5
    assert not flush.work.outgoing


def test_the_end_of_a_transaction_that_forwarded_starts_no_other() -> None:
    driver = Driver()
    driver.tick()
    assert driver.partition.fold(RecordSet(REKEYED, 0, (), 0, 5)) is None
    assert driver.partition.positions[REKEYED] == 5
    assert driver.flush() is None


def test_what_cannot_be_used_is_a_dead_letter_and_its_neighbours_are_folded() -> None:
    driver = Driver()
    driver.tick()
    key = driver.customer().encode()
    driver.event("Product Added")
    driver.append(EVENTS_WEB, {"key": key, "value": b"{"})
    driver.append(EVENTS_WEB, {"key": key, "value": None})
    driver.append(EVENTS_WEB, {"key": key, "value": b"\xff\xfe", "headers": [("h", b"v")]})
    driver.event("Product Added", START - 30 * DAY)
    driver.event("Product Added", START + HOUR)
    driver.event("Product Added", who=Driver(1).customer())
    driver.event("Order Completed", order_id="o1", total=5)
    driver.read()
    flush = driver.flush()
    assert flush is not None
    letters = [one for one in flush.work.outgoing if one.topic == DEAD_LETTERS]
    assert [reason(one) for one in letters] == [
        "not_json", "no_value", "not_json", "late", "future",
    ]  # fmt: skip
    [onward] = [one for one in flush.work.outgoing if one.topic == REKEYED]
    assert onward.partition == 1
    assert letters[2].value == b"\xff\xfe"
    assert letters[2].headers[0] == ("h", b"v")
    assert dict(letters[0].headers)["__connect.errors.offset"] == b"0"
    words = [spoken.word for spoken in flush.spoken]
    said = {word.to for word in words if isinstance(word, Transition) and word.moment == "fmot"}
    assert "met" in said


def test_a_flood_of_bad_messages_stops_the_worker() -> None:
    driver = Driver(limits=Limits(bad_window=100))
    driver.tick()
    for _ in range(200):
        driver.append(EVENTS_WEB, {"key": b"k", "value": b"no"})
    with pytest.raises(TooManyBad, match="200 of the last 200"):
        driver.read()


def test_late_events_are_no_flood() -> None:
    driver = Driver(limits=Limits(bad_window=100))
    driver.tick()
    for _ in range(200):
        driver.event("Product Added", START - 30 * DAY)
    driver.read()
    assert len(dead(driver)) == 200


def test_public_journey_is_written_when_something_was_said() -> None:
    driver = Driver()
    driver.tick()
    driver.event("Product Added")
    driver.read()
    flush = driver.flush()
    assert flush is not None
    [view] = [one for one in flush.work.outgoing if one.topic == JOURNEYS]
    assert view.key == f"person:{driver.customer()}".encode()
    assert msgspec.json.decode(view.value or b"")["subject"] == f"person:{driver.customer()}"


def test_an_expired_journey_is_removed_everywhere() -> None:
    driver = Driver()
    driver.tick()
    driver.event("Product Viewed")
    driver.read()
    driver.flush()
    key = f"person:{driver.customer()}".encode()
    assert driver.states.get(key)
    driver.tick(START + 401 * DAY)
    driver.flush()
    driver.tick(START + 410 * DAY)
    flush = driver.flush()
    assert flush is not None
    assert flush.work.states == {key: None}
    assert [one.value for one in flush.work.outgoing if one.topic == JOURNEYS] == [None]
    assert len(driver.states) == 0


def test_events_that_no_model_reads_make_no_journey() -> None:
    driver = Driver()
    driver.tick()
    driver.event("Button Pressed")
    driver.read()
    flush = driver.flush()
    assert flush is not None
    assert flush.work.states == {}
    assert flush.work.offsets[EVENTS_WEB] == 1


def test_a_history_moves_its_clock_by_arrivals_and_marks_of_every_source() -> None:
    driver = Driver(clock="events")
    driver.event("Product Added")
    driver.read()
    driver.tick(START + 100 * DAY)
    assert driver.partition.clock.now == 0
    for topic in SOURCES:
        driver.append(topic, {"key": None, "value": b"", "headers": mark_headers(START + HOUR)})
    driver.read()
    assert driver.said() == [("fmot", "open")]
    assert driver.partition.clock.now == START + HOUR
    driver.restart()
    driver.append(
        EVENTS_WEB, {"key": None, "value": None, "headers": mark_headers(START + 2 * DAY)}
    )
    driver.read()
    assert driver.said() == []  # the other sources have not come so far
    for topic in SOURCES[1:]:
        driver.append(topic, {"key": None, "value": None, "headers": mark_headers(START + 2 * DAY)})
    driver.read()
    assert ("fmot", "missed") in driver.said()


def test_the_clock_never_falls_over_a_restart() -> None:
    driver = Driver()
    driver.tick(START + DAY)
    driver.event("Product Viewed")
    driver.read()
    driver.tick()
    driver.flush()
    driver.restart()
    driver.event("Order Completed", order_id="o", total=1)
    assert driver.partition.clock.now == START + DAY
    driver.partition.tick()
    assert driver.partition.clock.now == START + DAY
    assert driver.partition.positions[EVENTS_PURCHASE] == 0


def test_journeys_in_a_flush_under_way_are_not_read_from_the_store() -> None:
    driver = Driver(limits=Limits(journeys=1))
    driver.tick()
    driver.event("Product Added")
    driver.read()
    flush = driver.partition.take()  # under way: not in the store yet
    assert flush is not None
    driver.event("Product Viewed", who=driver.customer(1))  # pushes the first out of memory
    driver.event("Order Completed", order_id="o", total=1)
    driver.read()
    driver.states.commit(flush.work.states, 1, driver.now)
    driver.partition.committed()
    assert ("fmot", "met") in driver.said()


def test_very_many_deadlines_fire_in_several_transactions_none_left_behind_its_clock() -> None:
    driver = Driver()
    driver.tick()
    customers = [f"many-{n}" for n in range(6_000) if partition_of(b"many-%d" % n, COUNT) == 0]
    for nth, who in enumerate(customers):
        driver.event("Product Added", START - nth // 7, who=who)
    driver.read()
    assert len(driver.said()) == len(customers)
    driver.tick(START + DAY + MINUTE)
    due = [START - nth // 7 + DAY for nth in range(len(customers))]
    flushes = 0
    missed: list[tuple[str, int]] = []
    while len(missed) < len(customers):
        flush = driver.flush()
        assert flush is not None, missed
        flushes += 1
        missed += [
            (word.subject, parse_instant(word.at))
            for word in map(transition, flush.work.outgoing)
            if word is not None and word.to == "missed"
        ]
        assert all(flush.clock < at for at in sorted(set(due) - {at for _, at in missed}))
    assert flushes >= len(customers) // MOST_FIRED
    assert len({subject for subject, _ in missed}) == len(missed) == len(customers)
    assert driver.partition.clock.now == START + DAY + MINUTE


def transition(out: Outgoing) -> Transition | None:
    if out.topic != TRANSITIONS:
        return None
    return msgspec.json.decode(out.value or b"", type=Transition)

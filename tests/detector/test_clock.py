"""The clock of a partition number: what it waits for, and what it tells."""

from __future__ import annotations

from aiokafka import TopicPartition

from services.detector import lag
from services.detector.clock import EventsClock, Published, WallClock, parse_published
from services.detector.forwarding import forward_clock
from services.detector.lag import Lag
from services.detector.records import Committed
from topics.contracts import EVENTS_WEB, READ, REKEYED, SOURCES

AT_START = dict.fromkeys(READ, 0)


def wall(start: Published | None = None) -> WallClock:
    """A clock whose sources end at 1,000 where they are, but for `events.web`: 10 are to come."""
    clock = WallClock(AT_START, start or Published())
    for source in (*SOURCES, REKEYED):
        clock.barrier(source, 1_000, 10 if source == EVENTS_WEB else 0)
    return clock


def test_wall_clock_stands_before_the_last_arrival_of_the_source_that_lags() -> None:
    clock = wall()
    assert clock.allowed() == 0
    clock.folded(EVENTS_WEB, 5, 400)
    assert clock.allowed() == 399  # another may have arrived in the same millisecond
    clock.folded(EVENTS_WEB, 10, 990)
    assert clock.allowed() == 1_000


def test_wall_clock_passes_a_barrier_although_the_end_runs_ahead() -> None:
    clock = wall()
    clock.barrier(EVENTS_WEB, 2_000, 20)
    clock.folded(EVENTS_WEB, 10, 900)
    assert clock.allowed() == 1_000


def test_wall_clock_waits_for_what_has_to_be_forwarded_whatever_its_stamps() -> None:
    clock = WallClock(AT_START, Published())
    for source in SOURCES:
        clock.barrier(source, 5_000, 0)
    clock.barrier(REKEYED, 3_000, 7)
    clock.folded(REKEYED, 6, 4_000)
    assert clock.allowed() == 0
    clock.folded(REKEYED, 7, 1_000)
    assert clock.allowed() == 3_000


def test_history_waits_for_what_has_to_be_forwarded() -> None:
    clock = EventsClock(AT_START, Published())
    for source in SOURCES:
        clock.marked(source, 5_000)
    assert clock.allowed() == 0
    clock.barrier(REKEYED, 3_000, 7)
    clock.folded(REKEYED, 7, None)
    assert clock.allowed() == 3_000


def test_what_is_published_goes_on_after_a_restart() -> None:
    clock = wall()
    clock.folded(EVENTS_WEB, 5, 400)
    clock.now = clock.allowed()
    assert clock.published() == Published(399, 399)
    again = WallClock(AT_START, clock.published())
    assert (again.now, again.own) == (399, 399)


def test_what_has_to_be_forwarded_is_waited_for_after_a_restart_too() -> None:
    clock = WallClock(AT_START, Published(400, 900))
    for source in SOURCES:
        clock.barrier(source, 1_000, 0)
    assert clock.allowed() == 400
    clock.barrier(REKEYED, 950, 0)
    assert clock.allowed() == 950


def test_published_clock_is_the_latest_beside_any_offset() -> None:
    said = [Published(5).text(), "", Published(9, 12, {"a": 3}).text(), Published(9, 10).text()]
    assert parse_published(said) == Published(9, 12, {"a": 3})
    assert parse_published([]) == Published()


def test_far_behind_the_barriers_become_coarser_and_stay_few() -> None:
    behind = Lag(0, 0)
    for number in range(1, 100_000):
        behind.barrier(instant=10 * number, end=number)
    assert len(behind._barriers) <= lag._MOST_BARRIERS
    behind.folded(50_000, None)
    assert 400_000 < behind.known <= 500_000
    behind.folded(99_999, None)
    assert 900_000 < behind.known <= 999_990


def forward(
    committed: dict[int, tuple[int, int | None]], instant: int | None = 1_000
) -> int | None:
    """The forward clock of two numbers, of whose sources each ends at 10."""
    ends = {TopicPartition(source, number): 10 for source in SOURCES for number in (0, 1)}
    commits = {
        TopicPartition(source, number): Committed(offset, Published(None, folded).text())
        for number, (offset, folded) in committed.items()
        for source in SOURCES
    }
    return forward_clock((0, 1), ends, commits, instant)


def test_forward_clock_is_the_instant_where_all_is_committed_to_the_end() -> None:
    assert forward({0: (10, 700), 1: (12, 600)}) == 1_000


def test_forward_clock_waits_for_the_number_that_lags() -> None:
    assert forward({0: (10, 700), 1: (9, 600)}) == 600


def test_forward_clock_of_a_history_is_what_every_number_has_written_down() -> None:
    assert forward({0: (10, 700), 1: (10, 600)}, None) == 600


def test_forward_clock_is_unknown_while_a_number_has_told_nothing() -> None:
    assert forward({0: (10, 700)}) is None
    assert forward({0: (10, 700), 1: (9, None)}) is None


def test_a_number_without_events_holds_nobody_back() -> None:
    ends = {TopicPartition(source, 0): 0 for source in SOURCES}
    assert forward_clock((0,), ends, {}, 1_000) == 1_000

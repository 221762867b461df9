from __future__ import annotations

from services.api.readmodel.lag import Lag
from services.api.readmodel.writer import Place

A: Place = ("transitions", 0)
B: Place = ("alerts", 0)


def lag_at_ends(a: int, b: int) -> Lag:
    lag = Lag(limit_s=30, now_s=0)
    lag.ends_at({A: a, B: b}, 0)
    return lag


def test_it_is_not_ready_before_what_was_there_at_the_start_is_read() -> None:
    lag = lag_at_ends(10, 5)
    lag.read_to({A: 10, B: 4})
    assert lag.unready(1) == "reading what is there already: 1 records to go"
    lag.read_to({B: 5})
    assert lag.unready(1) is None


def test_empty_topics_are_read_at_once() -> None:
    assert lag_at_ends(0, 0).unready(0) is None


def test_the_lag_is_the_age_of_the_oldest_end_that_was_not_reached() -> None:
    lag = lag_at_ends(0, 0)
    lag.ends_at({A: 5, B: 0}, 10)
    lag.ends_at({A: 9, B: 0}, 20)
    assert lag.seconds(25) == 15
    lag.read_to({A: 5})
    assert lag.seconds(25) == 5
    lag.read_to({A: 9})
    assert lag.seconds(25) == 0


def test_it_is_unready_again_when_it_falls_behind_by_more_than_the_limit() -> None:
    lag = lag_at_ends(0, 0)
    for now in range(1, 41):
        lag.ends_at({A: now, B: 0}, now)
    assert lag.unready(31) is None
    assert lag.unready(40) == "39 s behind the log, more than the 30 s allowed"


def test_it_is_unready_when_the_broker_is_silent() -> None:
    assert lag_at_ends(0, 0).unready(31) == "Kafka has not answered for 31 s"


def test_a_long_outage_keeps_its_oldest_marks_and_little_memory() -> None:
    lag = lag_at_ends(0, 0)
    for now in range(1, 5_000):
        lag.ends_at({A: now, B: 0}, now)
    assert lag.seconds(5_000) == 4_999
    lag.read_to({A: 4_999})
    assert lag.seconds(5_000) == 0

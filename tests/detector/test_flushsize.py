"""How much is gathered for one flush."""

from __future__ import annotations

from services.detector.flushsize import GOAL_S, LEAST, MOST, FlushSize


def test_flushes_that_take_long_to_write_down_become_smaller() -> None:
    size = FlushSize()
    for _ in range(20):
        size.took(size.most * GOAL_S / 300, size.most)
    assert 150 <= size.most <= 300


def test_flushes_that_take_no_time_become_larger_up_to_a_bound() -> None:
    size = FlushSize()
    for _ in range(20):
        size.took(0.0, size.most)
    assert size.most == MOST


def test_small_flushes_say_nothing_of_large_ones() -> None:
    size = FlushSize()
    before = size.most
    for _ in range(20):
        size.took(0.0, 10)
    assert size.most == before


def test_a_flush_is_never_smaller_than_is_worth_a_transaction() -> None:
    size = FlushSize()
    for _ in range(20):
        size.took(10.0, size.most)
    assert size.most == LEAST

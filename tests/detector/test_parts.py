"""The small parts of the core."""

from __future__ import annotations

from services.detector.clock import Published, WallClock, parse_published
from services.detector.state import Header, body, checksum, due, pack, read_header


def test_state_header_says_what_is_due_without_the_body() -> None:
    for instant in (None, 0, 1_790_000_000_000):
        packed = pack(Header(instant, checksum("x")), b"journey")
        assert read_header(packed) == Header(instant, checksum("x"))
        assert due(packed) == instant
        assert body(packed) == b"journey"


def test_wall_clock_stands_at_the_arrivals_of_the_source_that_lags() -> None:
    clock = WallClock({"a": 0, "b": 0}, Published())
    clock.barrier("a", 1_000, 0)
    clock.barrier("b", 1_000, 10)
    assert clock.advance() == 0
    clock.folded("b", 5, 400)
    assert clock.advance() == 400
    clock.folded("b", 10, 990)
    assert clock.advance() == 1_000


def test_wall_clock_passes_a_barrier_although_the_end_runs_ahead() -> None:
    clock = WallClock({"a": 0}, Published())
    clock.barrier("a", 1_000, 10)
    clock.barrier("a", 2_000, 20)
    clock.folded("a", 10, 900)
    assert clock.advance() == 1_000


def test_published_clock_is_the_latest_beside_any_offset() -> None:
    said = [Published(5).text(), "", Published(9, {"a": 3}).text()]
    assert parse_published(said) == Published(9, {"a": 3})
    assert parse_published([]) == Published()

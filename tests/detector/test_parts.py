"""The small parts of the core."""

from __future__ import annotations

from services.detector.due import DueIndex
from services.detector.state import Header, body, checksum, pack, read_header


def test_due_index_gives_what_is_due_in_order_and_only_once() -> None:
    due = {b"a": 30, b"b": 10, b"c": 20}
    index = DueIndex(due.get, due.items())
    assert list(index.take(20)) == [b"b", b"c"]
    assert list(index.take(20)) == []
    assert len(index) == 1


def test_due_index_moves_a_later_instant_without_giving_the_journey() -> None:
    due = {b"a": 10}
    index = DueIndex(due.get, due.items())
    due[b"a"] = 50
    index.put(b"a", 50)
    assert list(index.take(20)) == []
    assert list(index.take(50)) == [b"a"]


def test_due_index_takes_an_earlier_instant_at_once_and_stays_small() -> None:
    due: dict[bytes, int] = {}
    index = DueIndex(due.get)
    for round_ in range(10_000):
        for instant in (1_000_000 + round_, 10_000 - round_):
            due[b"a"] = instant
            index.put(b"a", instant)
    assert len(index) == 1
    assert len(index._heap) < 2_000
    due[b"a"] = 5
    index.put(b"a", 5)
    assert list(index.take(5)) == [b"a"]


def test_due_index_forgets_what_has_nothing_due() -> None:
    due: dict[bytes, int] = {b"a": 10}
    index = DueIndex(due.get, due.items())
    index.put(b"a", None)
    assert list(index.take(99)) == []


def test_state_header_says_what_is_due_without_the_body() -> None:
    for due in (None, 0, 1_790_000_000_000):
        packed = pack(Header(due, checksum("x")), b"journey")
        assert read_header(packed) == Header(due, checksum("x"))
        assert body(packed) == b"journey"

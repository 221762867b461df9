"""The index of due instants, over either store."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.detector.due import DueIndex
from services.detector.state import Header, pack
from services.detector.state import due as due_of_state
from services.detector.stores import disk
from services.detector.stores.copy import Copy
from services.detector.stores.disk import DiskCopies
from services.detector.stores.memory import MemoryCopy


@pytest.fixture(params=["memory", "disk"])
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Copy]:
    if request.param == "memory":
        yield MemoryCopy()
        return
    copies = DiskCopies(tmp_path / "journeys", "topic")
    yield copies.open(3)
    copies.close()


def state(due: int | None) -> bytes:
    return pack(Header(due, 0), b"journey")


def commit(copy: Copy, due: dict[bytes, int | None]) -> None:
    copy.commit({key: state(at) for key, at in due.items()}, (copy.offset or 0) + 1, 0)


def index_of(copy: Copy) -> DueIndex:
    return DueIndex(lambda key: due_of_state(copy.get(key) or state(None)), copy)


def test_what_is_due_comes_in_order_and_only_once(copy: Copy) -> None:
    commit(copy, {b"a": 30, b"b": 10, b"c": 20, b"never": None})
    index = index_of(copy)
    assert list(index.take(20)) == [b"b", b"c"]
    assert list(index.take(20)) == []
    assert list(index.take(2**40)) == [b"a"]


def test_a_later_instant_is_moved_without_giving_the_journey(copy: Copy) -> None:
    commit(copy, {b"a": 10})
    index = index_of(copy)
    commit(copy, {b"a": 50})
    index.put(b"a", 50)
    assert list(index.take(20)) == []
    assert list(index.take(50)) == [b"a"]


def test_an_earlier_instant_is_taken_at_once_and_the_index_stays_small(copy: Copy) -> None:
    index = index_of(copy)
    for round_ in range(10_000):
        for instant in (1_000_000 + round_, 10_000 - round_):
            index.put(b"a", instant)
    assert len(index) == 1
    assert len(index._heap) < 2_000
    commit(copy, {b"a": 5})
    index.put(b"a", 5)
    assert list(index.take(5)) == [b"a"]


def test_what_has_nothing_due_any_more_is_not_given(copy: Copy) -> None:
    commit(copy, {b"a": 10})
    index = index_of(copy)
    index.put(b"a", None)
    copy.commit({b"a": None}, 2, 0)
    assert list(index.take(99)) == []


def test_more_than_is_read_at_once_comes_whole_and_in_order(copy: Copy) -> None:
    count = 2 * disk.READ_AT_ONCE + 7
    keys = [b"%06d" % number for number in range(count)]
    commit(copy, {key: 1_000 + int(key) // 3 for key in keys})  # three at each instant
    index = index_of(copy)
    assert list(index.take(1_000 + count)) == keys


def test_disk_is_not_read_beyond_the_next_minute(tmp_path: Path) -> None:
    copies = DiskCopies(tmp_path / "journeys", "topic")
    copy = copies.open(0)
    commit(copy, {b"%d" % minute: minute * 60_000 for minute in range(100)})
    index = index_of(copy)
    assert list(index.take(60_000)) == [b"0", b"1"]
    assert len(index) == 1
    index.put(b"1", 3_600_001)  # has changed; in memory until it is in the store
    assert len(index) == 2
    commit(copy, {b"1": 3_600_001})
    index.landed(b"1")
    assert len(index) == 1
    assert list(index.take(3_600_001))[-1] == b"1"
    copies.close()


def test_any_course_of_changes_gives_what_a_scan_would(copy: Copy) -> None:
    chance = random.Random(7)
    due: dict[bytes, int] = {}
    index, clock = DueIndex(due.get, copy), 0
    for _ in range(300):
        changed: dict[bytes, int | None] = {}
        for key in (b"%d" % chance.randrange(40) for _ in range(5)):
            at = None if chance.random() < 0.1 else clock + 1 + chance.randrange(300_000)
            changed[key] = at
            due.pop(key, None)
            due |= {key: at} if at is not None else {}
            index.put(key, at)
        if chance.random() < 0.7:  # its flush lands before the clock moves, or in between
            land(copy, index, changed)
        clock += chance.randrange(20_000)
        expected = sorted((at, key) for key, at in due.items() if at <= clock)
        assert [(due.pop(key), key) for key in index.take(clock)] == expected
        copy.commit({key: None for _, key in expected}, 1, 0)
        land(copy, index, changed | {key: None for _, key in expected})
        if chance.random() < 0.1:
            index = DueIndex(due.get, copy)


def land(copy: Copy, index: DueIndex, changed: dict[bytes, int | None]) -> None:
    states = {key: None if at is None else state(at) for key, at in changed.items()}
    copy.commit(states, (copy.offset or 0) + 1, 0)
    for key in changed:
        index.landed(key)

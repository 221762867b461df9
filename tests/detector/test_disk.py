"""Copies on disk: what survives, what is refused, what is thrown away."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from services.detector.errors import NotReady
from services.detector.state import Header, pack
from services.detector.stores.copy import FIRST, Copy
from services.detector.stores.disk import DiskCopies

FOREVER = 2**60


def state(due: int, body: bytes = b"journey") -> bytes:
    return pack(Header(due, 0), body)


def reopened(directory: Path, topic: str = "topic", number: int = 0) -> tuple[DiskCopies, Copy]:
    copies = DiskCopies(directory / "journeys", topic)
    return copies, copies.open(number)


def elsewhere(doing: Callable[[Path], None], directory: Path) -> int | None:
    """Do something in a process of its own; give how that ended."""
    process = multiprocessing.get_context("fork").Process(target=doing, args=(directory,))
    process.start()
    process.join()
    return process.exitcode


def test_what_was_committed_is_there_again_with_its_offset_and_index(tmp_path: Path) -> None:
    copies, copy = reopened(tmp_path)
    copy.recover({b"a": state(1), b"b": state(2)}, 7, 100)
    assert len(copy) == 2
    copy.commit({b"b": None, b"c": state(3)}, 9, 200)
    copies.close()
    copies, copy = reopened(tmp_path)
    assert (copy.offset, copy.as_of, len(copy)) == (9, 200, 2)
    assert (copy.get(b"a"), copy.get(b"b")) == (state(1), None)
    assert copy.due(FIRST, 10)[0] == [(1, b"a"), (3, b"c")]
    copies.close()


def write_and_be_killed(directory: Path) -> None:
    _, copy = reopened(directory)
    for offset in range(1_000):
        copy.commit({b"%d" % (offset % 7): state(offset)}, offset, offset)
    os.kill(os.getpid(), signal.SIGKILL)


def test_kill_leaves_a_copy_that_is_whole_up_to_its_offset(tmp_path: Path) -> None:
    assert elsewhere(write_and_be_killed, tmp_path) == -signal.SIGKILL
    copies, copy = reopened(tmp_path)
    assert copy.offset is not None
    for offset in range(copy.offset - 6, copy.offset + 1):
        assert copy.get(b"%d" % (offset % 7)) == state(offset)
    last = [(offset, b"%d" % (offset % 7)) for offset in range(copy.offset - 6, copy.offset + 1)]
    assert copy.due(FIRST, FOREVER)[0] == last
    copies.close()


def write_until_the_disk_is_full(directory: Path) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    copies, copy = reopened(directory)
    try:
        for offset in range(1_000):
            copy.commit({b"%d" % offset: state(offset, os.urandom(1_000))}, offset, offset)
    except Exception as error:  # noqa: BLE001 - rocksdict has no classes of its own
        os._exit(3 if "IO error" in str(error) and copies else 4)


def test_a_write_that_the_disk_refuses_is_an_error_and_the_copy_is_behind(tmp_path: Path) -> None:
    assert elsewhere(write_until_the_disk_is_full, tmp_path) == 3
    copies, copy = reopened(tmp_path)
    assert copy.offset is not None
    assert len(copy) == copy.offset + 1
    copies.close()


def test_partition_numbers_do_not_mix(tmp_path: Path) -> None:
    copies, one = reopened(tmp_path, number=1)
    two, far = copies.open(2), copies.open(70_000)
    for copy, name in ((one, b"one"), (two, b"two"), (far, b"far")):
        copy.commit({name: state(5)}, 1, 0)
    two.discard()
    assert [len(one), len(two), len(far)] == [1, 0, 1]
    assert (two.offset, two.get(b"two"), two.due(FIRST, 9)[0]) == (None, None, [])
    assert one.due(FIRST, 9)[0] == [(5, b"one")]
    copies.close()


def test_a_copy_of_another_changelog_is_discarded(tmp_path: Path) -> None:
    copies, copy = reopened(tmp_path, "topic")
    copy.commit({b"a": state(1)}, 7, 100)
    copies.close()
    copies, copy = reopened(tmp_path, "created anew")
    assert (copy.offset, copy.get(b"a"), len(copy)) == (None, None, 0)
    copies.close()


def test_two_workers_cannot_share_a_directory(tmp_path: Path) -> None:
    copies, _ = reopened(tmp_path)
    with pytest.raises(NotReady, match=r"another worker uses .*; give each worker a --data-dir"):
        reopened(tmp_path)
    copies.close()


def test_a_damaged_database_is_made_anew(tmp_path: Path) -> None:
    copies, copy = reopened(tmp_path)
    copy.commit({b"a": state(1)}, 7, 100)
    copies.close()
    [manifest] = (tmp_path / "journeys").glob("MANIFEST-*")
    manifest.write_bytes(b"damaged" * 100)
    copies, copy = reopened(tmp_path)
    assert copy.offset is None
    copies.close()


def test_more_states_than_are_indexed_at_once_are_all_indexed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.detector.stores.disk._INDEXED_AT_ONCE", 10)
    copies, copy = reopened(tmp_path)
    copy.recover({b"%03d" % number: state(number) for number in range(105)}, 1, 0)
    assert len(copy) == 105
    assert copy.due(FIRST, FOREVER)[0] == [(number, b"%03d" % number) for number in range(105)]
    copies.close()

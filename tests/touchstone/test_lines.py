"""Reading JSON lines: every line is found, and named when it is wrong."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import pytest

from touchstone import lines
from touchstone.errors import Missing, WorkFailed
from touchstone.lines import Line

EVENT = {
    "messageId": "m1",
    "type": "track",
    "event": "Product Viewed",
    "userId": "u1",
    "timestamp": "2026-11-21T10:00:00Z",
}


def numbers(path: Path) -> list[int]:
    return [line.number for piece in lines.read(str(path)) for line in piece.lines]


def test_blank_lines_are_passed_over_but_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n\n  \n{}\n{}")
    assert numbers(path) == [1, 4, 5]


def test_lines_longer_than_a_piece_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    texts = [b"%d" % n * 200_000 for n in range(1, 5)]
    path.write_bytes(b"\n".join(texts))
    read = [line for piece in lines.read(str(path)) for line in piece.lines]
    assert [line.text for line in read] == texts
    assert [line.number for line in read] == [1, 2, 3, 4]


def test_gzip_files_are_read_and_their_bytes_on_disk_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}\n" * 1_000))
    pieces = list(lines.read(str(path)))
    assert sum(len(piece.lines) for piece in pieces) == 1_000
    assert sum(piece.consumed for piece in pieces) == path.stat().st_size


def test_a_gzip_file_cut_short_is_said_not_taken_for_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(orjson.dumps(EVENT) * 10_000)[:-20])
    with pytest.raises(Missing, match="cannot be read"):
        list(lines.read(str(path)))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"absent\.jsonl cannot be read: No such file"):
        list(lines.read(str(tmp_path / "absent.jsonl")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"{", r"a\.jsonl:7: not JSON"),
        (b"[1]", r"a\.jsonl:7: not a JSON object"),
        (orjson.dumps({**EVENT, "userId": None}), r"a\.jsonl:7: .*anonymousId"),
        (orjson.dumps({**EVENT, "timestamp": "yesterday"}), r"a\.jsonl:7: timestamp"),
    ],
)
def test_a_bad_line_is_named_with_its_place(text: bytes, expected: str) -> None:
    with pytest.raises(WorkFailed, match=expected):
        lines.event_of(Line("a.jsonl", 7, text))


def test_a_good_line_is_the_event() -> None:
    assert lines.event_of(Line("a.jsonl", 1, orjson.dumps(EVENT))) == EVENT

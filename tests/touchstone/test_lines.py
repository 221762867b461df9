"""Reading JSON lines: every line is found, and named when it is wrong."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path

import orjson
import pytest

from journey.instant import parse_instant
from topics.decode import EventDecoder
from touchstone import lines
from touchstone.errors import Missing, WorkFailed
from touchstone.lines import Line
from touchstone.outgoing import HistoryDecoder, outgoing

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
        (b"{", r"a\.jsonl:7: the value cannot be read: .*truncated"),
        (b"[1]", r"a\.jsonl:7: the value is JSON, but not an object"),
        (orjson.dumps({**EVENT, "userId": None}), r"a\.jsonl:7: .*anonymousId"),
        (orjson.dumps({**EVENT, "timestamp": "yesterday"}), r"a\.jsonl:7: timestamp"),
    ],
)
def test_a_bad_line_is_named_with_its_place(text: bytes, expected: str) -> None:
    with pytest.raises(WorkFailed, match=expected):
        outgoing(Line("a.jsonl", 7, text))


@pytest.mark.parametrize("number", [b"1e400", b"9" * 400, b"-1e-400", b"18446744073709551616"])
def test_a_line_is_an_event_exactly_where_the_message_would_be_one(number: bytes) -> None:
    text = orjson.dumps(EVENT)[:-1] + b', "properties": {"price": ' + number + b"}}"
    for fields in ((), ("properties.price",)):
        at = parse_instant(EVENT["timestamp"])
        event = HistoryDecoder(fields).decode(Line("a.jsonl", 1, text))
        assert event == EventDecoder(fields).decode(text, at)


def test_the_arrival_of_a_line_is_when_it_was_received() -> None:
    received = {**EVENT, "receivedAt": "2026-11-22T10:00:00Z"}
    event = HistoryDecoder(()).decode(Line("a.jsonl", 1, orjson.dumps(received)))
    assert (event.a, event.fields) == (parse_instant("2026-11-22T10:00:00Z"), {})


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_byte_order_mark_at_the_start_of_a_file_is_passed_over(tmp_path: Path, name: str) -> None:
    text = codecs.BOM_UTF8 + b"{}\n" + codecs.BOM_UTF8 + b"{}"
    path = tmp_path / name
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    read = [line.text for piece in lines.read(str(path)) for line in piece.lines]
    assert read == [b"{}", codecs.BOM_UTF8 + b"{}"]
    path.write_bytes(gzip.compress(text[:5]) if path.suffix == ".gz" else text[:5])
    assert [line.text for piece in lines.read(str(path)) for line in piece.lines] == [b"{}"]

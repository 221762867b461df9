"""`touchstone send` on a real broker: every event where it belongs, history in its order."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from journey.instant import DAY, HOUR, format_instant, parse_instant
from tests.conftest import running_kafka
from topics import broker as topics_broker
from topics.contracts import EVENTS_FEEDBACK, EVENTS_PURCHASE, EVENTS_WEB, SOURCES, Clock
from topics.marks import mark_of
from topics.partition import partition_of
from touchstone import history
from touchstone.lastmarks import last_marks
from touchstone.producing import connected
from touchstone.reading import Record, reading

pytestmark = pytest.mark.broker

LONG_AGO = parse_instant("2015-05-03T06:00:00Z")


@contextmanager
def broker_with_topics(clock: Clock) -> Iterator[str]:
    with running_kafka() as bootstrap:
        asyncio.run(topics_broker.ensure(bootstrap, clock))
        yield bootstrap


@pytest.fixture(scope="module")
def live() -> Iterator[str]:
    with broker_with_topics("wall") as bootstrap:
        yield bootstrap


@pytest.fixture
def old() -> Iterator[str]:
    with broker_with_topics("events") as bootstrap:
        yield bootstrap


def event(number: int, at: int, name: str = "Product Viewed", **more: Any) -> dict[str, Any]:
    return {
        "messageId": f"m{number}",
        "type": "track",
        "event": name,
        "userId": f"u{number % 7}",
        "timestamp": format_instant(at),
        **more,
    }


def write(path: Path, events: Sequence[dict[str, Any]]) -> str:
    data = b"".join(orjson.dumps(one) + b"\n" for one in events)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)


def send(bootstrap: str, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    argv = [sys.executable, "-m", "touchstone", "send", *arguments, "--broker", bootstrap]
    return subprocess.run(argv, input=stdin, capture_output=True, timeout=120, check=False)


async def read(bootstrap: str, topics: Sequence[str] = SOURCES) -> list[Record]:
    async with reading(bootstrap) as reader:
        return [record for topic in topics async for record in reader.topic(topic)]


def ids(records: Sequence[Record]) -> list[str]:
    """Give the ids of the events, without the marks."""
    return [orjson.loads(record.value)["messageId"] for record in records if record.value]


def now() -> int:
    return time.time_ns() // 1_000_000


async def test_events_go_to_their_topics_keyed_by_customer(live: str, tmp_path: Path) -> None:
    anonymous = event(4, now())
    anonymous["userId"], anonymous["anonymousId"] = None, "device-1"
    events = [
        event(1, now()),
        event(2, now(), "Order Completed", properties={"order_id": "o1"}),
        event(3, now(), "NPS Responded", properties={"score": 3}, anonymousId="device-2"),
        anonymous,
    ]
    done = send(live, write(tmp_path / "a.jsonl", events))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"Sent 4 events to ")
    assert done.stderr == b""

    records = await read(live)
    assert {(r.topic, r.key) for r in records} == {
        (EVENTS_WEB, b"u1"),
        (EVENTS_PURCHASE, b"u2"),
        (EVENTS_FEEDBACK, b"u3"),
        (EVENTS_WEB, b"device-1"),
    }
    assert all(record.partition == partition_of(record.key or b"", 4) for record in records)
    assert {record.value for record in records} == {orjson.dumps(one) for one in events}


async def test_a_bad_line_stops_with_its_place_after_what_was_before(
    live: str, tmp_path: Path
) -> None:
    path = tmp_path / "b.jsonl"
    write(path, [event(101, now()), event(102, now())])
    path.write_bytes(path.read_bytes() + b"{oops\n" + orjson.dumps(event(103, now())))
    done = send(live, str(path))
    assert done.returncode == 1
    assert f"{path}:3: ".encode() in done.stderr
    assert b"Sent before it: 2 events." in done.stderr
    sent = ids(await read(live))
    assert {"m101", "m102"} <= set(sent)
    assert "m103" not in sent


async def test_standard_input_and_gzip_are_read_and_a_rate_is_kept(
    live: str, tmp_path: Path
) -> None:
    done = send(live, "-", stdin=orjson.dumps(event(201, now())))
    assert done.returncode == 0, done.stderr
    began = time.monotonic()
    packed = write(tmp_path / "c.jsonl.gz", [event(300 + n, now()) for n in range(30)])
    assert send(live, packed, "--rate", "20").returncode == 0
    assert time.monotonic() - began > 1.2
    assert {"m201", "m300", "m329"} <= set(ids(await read(live)))


def test_events_older_than_live_ones_may_be_are_refused(live: str, tmp_path: Path) -> None:
    done = send(live, write(tmp_path / "d.jsonl", [event(1, now() - 7 * DAY - HOUR)]))
    assert done.returncode == 1
    assert b"d.jsonl:1: the event is of " in done.stderr
    assert b"--history" in done.stderr


def test_history_does_not_go_to_the_wall_clock_nor_live_events_to_history(
    live: str, old: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "e.jsonl", [event(1, now())])
    done = send(live, "--history", path)
    assert (done.returncode, b"is on the wall clock" in done.stderr) == (2, True)
    done = send(old, path)
    assert (done.returncode, b"is on the events clock" in done.stderr) == (2, True)


def test_a_broker_that_is_away_and_a_file_that_is_not_there_end_with_3(
    live: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "f.jsonl", [event(1, now())])
    assert send("127.0.0.1:9", path).returncode == 3
    assert send(live, str(tmp_path / "absent.jsonl")).returncode == 3


def test_history_is_checked_whole_before_any_of_it_is_sent(old: str, tmp_path: Path) -> None:
    path = tmp_path / "g.jsonl"
    write(path, [event(n, LONG_AGO + n) for n in range(100)])
    path.write_bytes(path.read_bytes() + b"[]\n")
    done = send(old, "--history", str(path))
    assert done.returncode == 1
    assert f"{path}:101: ".encode() in done.stderr
    assert asyncio.run(read(old)) == []


async def test_history_goes_out_in_the_order_of_arrival_with_its_own_stamps_and_marks(
    old: str, tmp_path: Path
) -> None:
    """Three files that overlap: one in order, one not, and one that says when it arrived."""
    ordered = [event(n, LONG_AGO + n * HOUR) for n in range(0, 300, 3)]
    shuffled = [event(n, LONG_AGO + n * HOUR, "Order Completed") for n in range(301, 1, -3)]
    arrived = {"receivedAt": format_instant(LONG_AGO + 500 * HOUR)}
    late = [event(9_999, LONG_AGO, **arrived)]
    files = [
        write(tmp_path / "a.jsonl", ordered),
        write(tmp_path / "b.jsonl.gz", shuffled),
        write(tmp_path / "c.jsonl", late),
    ]
    done = send(old, "--history", *files)
    assert done.returncode == 0, done.stderr

    records = await read(old)
    assert sorted(ids(records)) == sorted(e["messageId"] for e in [*ordered, *shuffled, *late])
    for topic in SOURCES:
        for partition in range(4):
            place = [r for r in records if (r.topic, r.partition) == (topic, partition)]
            stamps = [record.timestamp for record in place]
            assert stamps == sorted(stamps)
            assert mark_of(place[-1].headers) == LONG_AGO + 500 * HOUR
    assert await last_marks(old) == [LONG_AGO + 500 * HOUR] * 16


async def test_history_goes_on_after_the_lowest_last_mark_and_not_below_it(
    old: str, tmp_path: Path
) -> None:
    first = [event(n, LONG_AGO + n) for n in range(50)]
    later = [event(n, LONG_AGO + n) for n in range(50, 80)]
    path = write(tmp_path / "a.jsonl", first)
    assert send(old, "--history", path).returncode == 0

    done = send(old, "--history", path)
    assert done.returncode == 1
    assert b"has been sent to" in done.stderr
    assert b"--resume" in done.stderr

    both = write(tmp_path / "b.jsonl", [*first, *later])
    done = send(old, "--history", "--resume", both)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"Sent 30 events of history")
    assert sorted(ids(await read(old))) == sorted(e["messageId"] for e in [*first, *later])


async def test_a_history_cut_off_between_marks_is_sent_again_from_the_last_complete_one(
    old: str, tmp_path: Path
) -> None:
    """Some partitions have the newer mark, others not: only what all have is taken as done."""
    events = [event(n, LONG_AGO + n) for n in range(20)]
    async with connected(old) as sender:
        for one in events[:15]:
            key = one["userId"].encode()
            await sender.event(EVENTS_WEB, key, orjson.dumps(one), LONG_AGO)
        await history.mark(sender, LONG_AGO + 9)
        place = EVENTS_WEB, 0
        await sender.record(
            place, None, b"", LONG_AGO + 14, [("touchstone_mark", b"1430632800014")]
        )
        await sender.flush()
    assert sorted(set(await last_marks(old)), key=str) == [LONG_AGO + 9, LONG_AGO + 14]
    done = send(old, "--history", "--resume", write(tmp_path / "a.jsonl", events))
    assert done.stdout.startswith(b"Sent 10 events of history"), done.stderr
    assert set(ids(await read(old))) == {e["messageId"] for e in events}


async def test_marks_are_found_behind_many_events(old: str) -> None:
    async with connected(old) as sender:
        await history.mark(sender, LONG_AGO)
        for n in range(3_000):
            await sender.event(EVENTS_WEB, b"u1", b"{}", LONG_AGO + n)
        await sender.flush()
    assert await last_marks(old) == [LONG_AGO] * 16


async def test_no_mark_overtakes_an_event(
    old: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "EVENTS_BETWEEN_MARKS", 10)
    # Many arrive in the same instant: no mark may come between those.
    events = [event(n, LONG_AGO + n // 7 * HOUR) for n in range(200)]
    await history.send([write(tmp_path / "a.jsonl", events)], old, None, resume=False)
    records = await read(old)
    marks = 0
    for topic in SOURCES:
        for partition in range(4):
            clock = -1
            for record in (r for r in records if (r.topic, r.partition) == (topic, partition)):
                mark = mark_of(record.headers)
                if mark is None:
                    assert record.timestamp > clock
                else:
                    clock, marks = mark, marks + 1
    assert marks > 16 * 5

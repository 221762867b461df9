"""`touchstone send --history` on a real broker: in order, with marks, and on after any end."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
import pytest

from journey.instant import DAY, HOUR, format_instant
from tests.touchstone.sending import (
    LONG_AGO,
    argv,
    broker_with_topics,
    event,
    held,
    ids,
    now,
    read,
    send,
    write,
)
from topics.connection import Connection
from topics.contracts import EVENTS_WEB, SOURCES
from topics.marks import HEADER, mark_headers, mark_of
from touchstone import history, marking
from touchstone.ends import End, ends_of
from touchstone.producing import connected
from touchstone.reading import Record

pytestmark = pytest.mark.broker


@pytest.fixture
def old() -> Iterator[str]:
    with broker_with_topics("events") as bootstrap:
        yield bootstrap


def by_place(records: Sequence[Record]) -> list[list[Record]]:
    places: dict[tuple[str, int], list[Record]] = {}
    for record in records:
        places.setdefault((record.topic, record.partition), []).append(record)
    return list(places.values())


def test_history_does_not_go_to_the_wall_clock_nor_live_events_to_history(
    old: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "e.jsonl", [event(1, now())])
    done = send(old, path)
    assert (done.returncode, b"is on the events clock" in done.stderr) == (2, True)
    with broker_with_topics("wall") as live:
        done = send(live, "--history", path)
        assert (done.returncode, b"is on the wall clock" in done.stderr) == (2, True)


def test_history_is_checked_whole_before_any_of_it_is_sent(old: str, tmp_path: Path) -> None:
    path = tmp_path / "g.jsonl"
    write(path, [event(n, LONG_AGO + n) for n in range(100)])
    path.write_bytes(path.read_bytes() + b"[]\n")
    done = send(old, "--history", str(path))
    assert done.returncode == 1
    assert f"{path}:101: ".encode() in done.stderr
    assert held(old) == []


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
    ends = (await ends_of(Connection(old))).values()
    assert list(ends) == [End(LONG_AGO + 500 * HOUR, is_mark=True)] * 16


async def test_it_goes_on_after_the_end_of_each_partition_and_not_below_it(
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
    assert b"50 were there already." in done.stdout
    assert sorted(ids(await read(old))) == sorted(e["messageId"] for e in [*first, *later])

    done = send(old, "--history", "--resume", path)
    assert done.returncode == 1
    assert b"with the same files that were sent" in done.stderr


async def test_it_does_not_begin_where_any_partition_holds_a_later_event(
    old: str, tmp_path: Path
) -> None:
    """One that was cut off before its first mark has left events alone."""
    async with connected(Connection(old)) as sender:
        await sender.event(EVENTS_WEB, b"u1", orjson.dumps(event(1, LONG_AGO)), LONG_AGO)
        await sender.flush()
    path = write(tmp_path / "a.jsonl", [event(n, LONG_AGO - 1 + n) for n in range(1, 9)])
    done = send(old, "--history", path)
    assert (done.returncode, b"has been sent to" in done.stderr) == (1, True)
    assert len(await read(old)) == 1


def test_after_any_number_of_kills_each_partition_has_each_event_in_order(
    old: str, tmp_path: Path
) -> None:
    """Only what arrived in the instant at which a partition ended may be there again."""
    names = ("Product Viewed", "Order Completed", "Ticket Created", "NPS Responded")
    events = [event(n, LONG_AGO + n // 3 * HOUR, names[n % 4]) for n in range(9_000)]
    path = write(tmp_path / "a.jsonl", events)
    command = argv(old, "--history", "--resume", "--rate", "1500", path)
    for _ in range(3):
        before = len(held(old))
        with subprocess.Popen(command) as sending:
            while len(held(old)) < before + 500:
                assert sending.poll() is None
            sending.kill()
    done = send(old, "--history", "--resume", path)
    assert done.returncode == 0, done.stderr

    records = held(old)
    times = Counter(ids(records))
    assert set(times) == {one["messageId"] for one in events}
    assert sum(times.values()) <= len(events) + 3 * 3 * 16
    for place in by_place(records):
        stamps = [record.timestamp for record in place]
        assert stamps == sorted(stamps)
        assert mark_of(place[-1].headers) == LONG_AGO + 2_999 * HOUR
        for again in (one for one, times in Counter(ids(place)).items() if times > 1):
            at = [
                n for n, one in enumerate(place) if one.value and f'"{again}"'.encode() in one.value
            ]
            assert len({one.timestamp for one in place[at[0] : at[-1] + 1]}) == 1


async def test_what_is_of_no_use_at_the_end_of_a_partition_is_passed_over(old: str) -> None:
    async with connected(Connection(old)) as sender:
        place = EVENTS_WEB, 0
        await sender.partitions(EVENTS_WEB)
        await sender.record(place, None, b"", LONG_AGO, mark_headers(LONG_AGO))
        for n in range(100):
            await sender.record(place, b"u1", b"{}", LONG_AGO + n)
        await sender.record(place, None, b"", LONG_AGO + DAY, [(HEADER, b"soon")])
        with_value = mark_headers(LONG_AGO + DAY)
        await sender.record(place, b"u1", b"no event", LONG_AGO + DAY, with_value)
        await sender.flush()
    assert await ends_of(Connection(old)) == {place: End(LONG_AGO, is_mark=True)}


def test_no_mark_overtakes_an_event_and_a_sparse_history_is_marked_by_its_time(
    old: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "MOST_EVENTS", 70)
    # Many arrive in the same instant: no mark may come between those.
    dense = [event(n, LONG_AGO + n // 7 * 1_000) for n in range(700)]
    sparse = [event(n, LONG_AGO + n * HOUR) for n in range(700, 1_400)]
    history.send(
        [write(tmp_path / "a.jsonl", [*dense, *sparse])], Connection(old), None, resume=False
    )
    for place in by_place(held(old)):
        clock, marks = -1, list[int]()
        for record in place:
            mark = mark_of(record.headers)
            if mark is None:
                assert record.timestamp > clock
            else:
                marks.append(clock := mark)
        early = [mark for mark in marks if mark < LONG_AGO + HOUR]
        assert 8 <= len(early) <= 10
        assert len(marks) - len(early) == pytest.approx(700 / 24, abs=3)


def test_marks_are_never_more_than_events(old: str, tmp_path: Path) -> None:
    yearly = [event(n, LONG_AGO + n * 100 * DAY) for n in range(36)]
    assert send(old, "--history", write(tmp_path / "a.jsonl", yearly)).returncode == 0
    assert len(held(old)) - 36 == 16 * 3  # after 16, after 32, and at the end


async def test_a_line_too_large_is_found_before_anything_is_sent(old: str, tmp_path: Path) -> None:
    large = event(2, LONG_AGO, properties={"text": "x" * 1_050_000})
    done = send(old, "--history", write(tmp_path / "a.jsonl", [event(1, LONG_AGO), large]))
    assert done.returncode == 1
    assert b"a.jsonl:2: the event takes 1,050,2" in done.stderr
    assert await read(old) == []


def test_a_signal_ends_it_with_what_is_there_and_how_it_goes_on(old: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [event(n, LONG_AGO + n * HOUR) for n in range(9_000)])
    command = argv(old, "--history", "--rate", "1500", path)
    with subprocess.Popen(command, stderr=subprocess.PIPE) as sending:
        time.sleep(4)
        sending.send_signal(signal.SIGTERM)
        assert sending.wait(20) == 143
        assert sending.stderr is not None
        said = sending.stderr.read().decode()
    sent = ids(held(old))
    assert 0 < len(sent) < 9_000
    assert said.startswith(f"Error: Stopped by SIGTERM: {len(sent):,} events of history were ")
    assert said.count("\n") == 1
    assert "--resume" in said
    assert sent
    assert set(sent) == {f"m{n}" for n in range(len(sent))}

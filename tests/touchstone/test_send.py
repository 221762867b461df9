"""`touchstone send` of live events on a real broker: every event where it belongs."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from journey.instant import DAY, HOUR
from tests.touchstone.sending import (
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
from topics.contracts import EVENTS_FEEDBACK, EVENTS_PURCHASE, EVENTS_WEB
from topics.partition import partition_of

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def live() -> Iterator[str]:
    with broker_with_topics("wall") as bootstrap:
        yield bootstrap


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


def test_a_broker_that_is_away_and_a_file_that_is_not_there_end_with_3(
    live: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "f.jsonl", [event(1, now())])
    assert send("127.0.0.1:9", path).returncode == 3
    assert send(live, str(tmp_path / "absent.jsonl")).returncode == 3


async def test_an_event_too_large_for_its_topic_is_named_with_its_size(
    live: str, tmp_path: Path
) -> None:
    large = event(402, now(), properties={"text": "x" * 1_050_000})
    fits = event(403, now(), properties={"text": "x" * 1_040_000})
    done = send(live, write(tmp_path / "g.jsonl", [event(401, now()), fits, large]))
    assert done.returncode == 1
    assert b"g.jsonl:3: the event takes 1,050,2" in done.stderr
    assert b"events.web takes at most 1,048,588" in done.stderr
    assert b"Sent before it: 2 events." in done.stderr
    assert {"m401", "m403"} <= set(ids(await read(live)))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_what_was_acknowledged_and_nothing_else(
    live: str, number: signal.Signals, code: int
) -> None:
    """Standard input stays open and silent: the signal must be heard all the same."""
    events = [event(number * 1_000 + n, now()) for n in range(3)]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv(live, "-"), stdin=pipe, stdout=pipe, stderr=pipe) as sending:
        assert sending.stdin is not None
        sending.stdin.write(b"".join(orjson.dumps(one) + b"\n" for one in events))
        sending.stdin.flush()
        wanted = {one["messageId"] for one in events}
        while not wanted <= set(ids(held(live))):
            assert sending.poll() is None
        os.kill(sending.pid, number)
        assert sending.wait(20) == code
        assert sending.stderr is not None
        said = sending.stderr.read().decode()
    assert said == f"Error: Stopped by {number.name}: 3 events were acknowledged by {live}.\n"


def test_what_was_read_before_a_signal_is_sent(live: str, tmp_path: Path) -> None:
    path = write(tmp_path / "h.jsonl", [event(50_000 + n, now()) for n in range(5_000)])
    with subprocess.Popen(argv(live, path, "--rate", "500"), stderr=subprocess.PIPE) as sending:
        time.sleep(3)
        os.kill(sending.pid, signal.SIGINT)
        assert sending.wait(20) == 130
        assert sending.stderr is not None
        said = sending.stderr.read().decode()
    sent = {one for one in ids(held(live)) if one.startswith("m5") and len(one) == 6}
    assert f"{len(sent):,} events were acknowledged" in said
    assert sent == {f"m{50_000 + n}" for n in range(len(sent))}

"""`replay` of more than fits into memory: the same bytes as in memory, whatever the bounds."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from journey.attribution import Attribution
from journey.engine import Engine
from journey.instant import DAY, HOUR, MINUTE, format_instant, parse_instant
from journey.replaying import replay
from topics.wire import encode_transition
from touchstone.cli import cli
from touchstone.eventfiles import Bounds, EventFiles
from touchstone.lines import Line
from touchstone.modelfiles import engine_of
from touchstone.outgoing import HistoryDecoder
from touchstone.replay import from_files
from touchstone.runs import MERGED_AT_ONCE, ordered

START = parse_instant("2026-03-01T00:00:00Z")
NAMES = ("Product Viewed", "Product Added", "Order Completed", "CSAT Responded", "Product Shared")
TIGHT = Bounds(parts=3, buffer=1, run=1)
MODELS = ["four-moments", "b2b-lifecycle"]  # of persons, of accounts
CHOSEN = [word for name in MODELS for word in ("--model", name)]
WIDE = Bounds(parts=1, buffer=1 << 30, run=1 << 30)


def some_events(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Give events of devices that people share and people with several ids and employers."""
    draw = random.Random(seed)
    for number in range(count):
        at = START + draw.randrange(10) * DAY + draw.randrange(24) * HOUR + number
        late = draw.choice([0, 0, 0, HOUR, 6 * DAY, 8 * DAY])
        event: dict[str, Any] = {
            "messageId": f"m{number - number % draw.choice([1, 1, 1, 5])}",
            "type": "track",
            "event": draw.choice(NAMES),
            "timestamp": format_instant(at),
            "receivedAt": format_instant(at + late),
            "properties": {"price": 10.5, "order_id": f"o{number}", "score": draw.randint(1, 5)},
        }
        who, device = f"u{draw.randrange(12)}", f"d{draw.randrange(12)}"
        event |= draw.choice(
            [
                {"userId": who},
                {"anonymousId": draw.choice([device, "nobody's"])},
                {"userId": who, "anonymousId": device},
            ]
        )
        if draw.random() < 0.05:
            event |= {"userId": who, "anonymousId": None, "type": "alias"}
            event["previousId"] = f"u{draw.randrange(9, 12)}"
        if draw.random() < 0.05:
            event |= {"type": "group", "groupId": draw.choice(["acme", 7])}
        if draw.random() < 0.1:
            event["properties"]["author_id"] = f"u{draw.randrange(12)}"
        yield event


def write(path: Path, events: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
    return str(path)


def in_memory(engine: Engine, events: list[dict[str, Any]]) -> list[bytes]:
    decoder = HistoryDecoder(engine.fields)
    read = [decoder.decode(Line("f", 1, json.dumps(one).encode())) for one in events]
    clock = max(event.a for event in read)
    said = [
        one
        for subject, mine in Attribution(engine, read).subjects.items()
        for one in replay(engine, subject, mine, clock).transitions
    ]
    said.sort(key=lambda one: (parse_instant(one.at), one.subject, one.instance, one.revision))
    return [encode_transition(one) for one in said]


def replayed(engine: Engine, file: str, folder: Path, bounds: Bounds) -> list[bytes]:
    folder.mkdir()
    said = from_files([file], engine, None, None, folder, bounds)
    found = (one for transitions in said for one in transitions)
    return list(ordered(found, folder / "said", bounds.run))


@pytest.mark.parametrize("seed", range(3))
def test_what_is_put_aside_comes_to_the_same_bytes_as_in_memory(seed: int, tmp_path: Path) -> None:
    engine = engine_of(MODELS)
    events = list(some_events(400, seed))
    expected = in_memory(engine, events)
    assert len(expected) > MERGED_AT_ONCE
    assert any(b'"account:acme"' in line for line in expected)
    file = write(tmp_path / "events.jsonl", events)
    assert replayed(engine, file, tmp_path / "tight", TIGHT) == expected
    assert replayed(engine, file, tmp_path / "wide", WIDE) == expected


def test_the_lines_may_come_in_any_order_and_twice(tmp_path: Path) -> None:
    engine = engine_of(MODELS)
    events = list(some_events(300, 7))
    shuffled = events + events[::3]
    random.Random(1).shuffle(shuffled)
    one = replayed(engine, write(tmp_path / "1", events), tmp_path / "one", TIGHT)
    other = replayed(engine, write(tmp_path / "2", shuffled), tmp_path / "other", TIGHT)
    assert one == other


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["replay", *CHOSEN, *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_standard_input_is_put_aside_too(tmp_path: Path) -> None:
    file = write(tmp_path / "events.jsonl", list(some_events(100, 3)))
    argv = [sys.executable, "-m", "touchstone", "replay", *CHOSEN, "-"]
    with Path(file).open("rb") as lines:
        piped = subprocess.run(argv, stdin=lines, capture_output=True, text=True, check=True)
    assert piped.stdout == run(file)


@pytest.mark.parametrize("subject", ["person:u3", "anon:nobody's", "account:acme", "account:7"])
def test_one_subject_is_given_what_it_has_among_all(subject: str, tmp_path: Path) -> None:
    file = write(tmp_path / "events.jsonl", list(some_events(200, 5)))
    everything = [line for line in run(file).splitlines() if f'"subject":"{subject}"' in line]
    assert everything
    assert run(file, "--subject", subject).splitlines() == everything


def test_a_device_whose_events_are_a_persons_has_none(tmp_path: Path) -> None:
    at = format_instant(START)
    common = {"type": "track", "event": "Product Added", "timestamp": at, "anonymousId": "d"}
    events = [common | {"messageId": "m1"}, common | {"messageId": "m2", "userId": "u"}]
    file = write(tmp_path / "events.jsonl", events)
    result = CliRunner().invoke(cli, ["replay", file, "--subject", "anon:d"])
    assert result.exit_code == 1
    assert "may belong to a person" in result.output


def peak(file: str, folder: Path) -> int:
    folder.mkdir()
    events = EventFiles(Engine(()), folder, Bounds(parts=16, buffer=4096))
    tracemalloc.start()
    events.read([file])
    events.attribute()
    assert all(mine for _, mine in events.subjects(None))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_memory_does_not_grow_with_the_number_of_events(tmp_path: Path) -> None:
    def many(count: int) -> Iterator[dict[str, Any]]:
        for number in range(count):
            yield {
                "messageId": f"m{number}",
                "type": "track",
                "event": "Product Viewed",
                "userId": f"u{number}",
                "timestamp": format_instant(START + number % 100 * MINUTE),
            }

    few = write(tmp_path / "few", list(many(1_000)))
    more = write(tmp_path / "more", list(many(6_000)))
    peak(few, tmp_path / "warm")
    assert peak(more, tmp_path / "more parts") < 2 * peak(few, tmp_path / "few parts")

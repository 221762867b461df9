"""A history of months, an event an hour, whose sending is killed while a detector folds it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

import msgspec
import pytest

from journey.instant import HOUR
from journey.replaying import last_words
from journey.said import Transition
from journey.word import RETRACTED
from tests.touchstone.sending import LONG_AGO, argv, event, send, write
from tests.touchstone.upprocess import Up, running_up
from topics.connection import Connection
from touchstone.reading import reading
from touchstone.saidlog import SaidLog

COUNT = 5_000
NAMES = ("Product Viewed", "Product Viewed", "Product Added", "Order Completed", "CSAT Responded")

pytestmark = pytest.mark.broker


def events() -> list[dict[str, Any]]:
    """Few customers, so that each has a history far longer than what a detector keeps open."""
    random = Random(1)
    return [
        event(
            n, LONG_AGO + n * HOUR, random.choice(NAMES), userId=f"u{random.randrange(12)}",
            properties={"order_id": f"o{n}", "score": random.randrange(1, 6), "total": n},
        )
        for n in range(COUNT)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write(tmp_path_factory.mktemp("file") / "hourly.jsonl", events())


@pytest.fixture(scope="module")
def replayed(path: str) -> dict[str, Transition]:
    done = touchstone("replay", path)
    lines = done.stdout.splitlines()
    return last_words(msgspec.json.decode(line, type=Transition) for line in lines)


@pytest.fixture(scope="module")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, path: str, replayed: dict[str, Transition]
) -> Iterator[Up]:
    """A deployment to which the history was sent three times over: killed, killed, and whole."""
    directory = tmp_path_factory.mktemp("resumed")
    with running_up(directory, "--no-simulate", "--clock", "events") as up:
        up.wait_for(r"^  Logs ")
        for already, resume in ((0, ()), (1, ("--resume",))):
            command = argv(broker(up), "--history", *resume, "--rate", "500", path)
            wanted = len(replayed) * (1 + already) // 4
            with subprocess.Popen(command) as sending:
                up.until(lambda: up.stats()["transitions"] > wanted, 60, "transitions")  # noqa: B023
                assert sending.poll() is None, "the history was sent before it could be killed"
                sending.kill()
        refused = send(broker(up), "--history", path)
        assert (refused.returncode, b"pass --resume" in refused.stderr) == (1, True)
        done = send(broker(up), "--history", "--resume", path)
        assert done.returncode == 0, done.stderr
        assert b"were there already" in done.stdout
        up.until(
            lambda: last_said(up) == comparable(replayed.values()), 60, "all that is to be said"
        )
        yield up


def broker(up: Up) -> str:
    return f"127.0.0.1:{up.kafka_port}"


def touchstone(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "touchstone", *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=120)


def verify(up: Up) -> dict[str, Any]:
    counts: dict[str, Any] = json.loads(
        touchstone("verify", "--json", "--broker", broker(up)).stdout
    )
    return counts


def test_verify_finds_nothing(deployment: Up, replayed: dict[str, Transition]) -> None:
    counts = verify(deployment)
    assert counts.pop("checked") > len(replayed)
    assert counts == {
        "lost": 0, "repeated": 0, "invented": 0, "wrong": 0, "pending": 0,
        "differences": [], "notes": [],
    }  # fmt: skip


def test_what_was_said_last_is_what_replay_says(
    deployment: Up, replayed: dict[str, Transition]
) -> None:
    assert last_said(deployment) == comparable(replayed.values())


def test_one_customer_may_be_asked_for_whatever_its_partition(
    deployment: Up, replayed: dict[str, Transition]
) -> None:
    for subject in ("person:u3", "person:u4", "person:u5"):
        done = touchstone("replay", "--broker", broker(deployment), "--subject", subject)
        told = [msgspec.json.decode(line, type=Transition) for line in done.stdout.splitlines()]
        wanted = (one for one in replayed.values() if one.subject == subject)
        assert comparable(last_words(told).values()) == comparable(wanted)
    unknown = touchstone("replay", "--broker", broker(deployment), "--subject", "person:none")
    assert unknown.returncode == 1


def last_said(up: Up) -> dict[str, Transition]:
    last = last_words(asyncio.run(_said(broker(up)))).values()
    return comparable(one for one in last if one.to != RETRACTED)


def comparable(words: Iterable[Transition]) -> dict[str, Transition]:
    return {w.instance: msgspec.structs.replace(w, id="", revision=0, from_=None) for w in words}


async def _said(bootstrap: str) -> list[Transition]:
    async with reading(Connection(bootstrap)) as reader:
        log = SaidLog(reader)
        await log.read()
    return [one for told in log.transitions.values() for one in told]

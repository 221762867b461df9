"""The real files of a web shop and a retailer, through real Kafka, as their owners would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from journey.said import Transition
from tests.touchstone.upprocess import Up, running_up
from topics.contracts import TRANSITIONS
from topics.wire import encode_transition, transition_headers

DATA = Path(os.environ.get("TOUCHSTONE_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILES = [str(DATA / f"{name}.jsonl.gz") for name in ("retailrocket", "online_retail")]
NOT_COMPARED = {"id", "revision", "from"}

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(1_200),
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the real events are not in {DATA}"),
]


def touchstone(*arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "touchstone", *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300)


def last_words(lines: list[str]) -> dict[str, dict[str, Any]]:
    last: dict[str, dict[str, Any]] = {}
    for line in lines:
        said = json.loads(line)
        last[said["instance"]] = {k: v for k, v in said.items() if k not in NOT_COMPARED}
    return {instance: said for instance, said in last.items() if said["to"] != "retracted"}


def counted(last: dict[str, dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    """Count moments by model, name and state."""
    moments = (said for said in last.values() if said["kind"] == "moment")
    return Counter((said["model"], said["moment"], said["to"]) for said in moments)


def standing(up: Up) -> Counter[tuple[str, str, str]]:
    """Give the same counts of what the API has read so far."""
    return Counter(
        {
            (model, moment, state): count
            for model, moments in up.stats()["moments"].items()
            for moment, states in moments.items()
            for state, count in states.items()
            if state != "retracted" and count
        }
    )


@pytest.fixture(scope="module")
def replayed() -> list[str]:
    done = touchstone("replay", *FILES)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory, replayed: list[str]) -> Iterator[Up]:
    """A deployment that was sent both files, and whose detector was killed meanwhile."""
    directory = tmp_path_factory.mktemp("history")
    with running_up(directory, "--no-simulate", "--clock", "events") as up:
        up.wait_for(r"^  Logs ")
        argv = [sys.executable, "-m", "touchstone", "send", "--history", "--rate", "2000"]
        with subprocess.Popen([*argv, "--broker", broker(up), *FILES]) as sending:
            up.until(lambda: up.stats()["transitions"] > 0, 60, "transitions")
            assert sending.poll() is None, "the history was sent before the detector was killed"
            up.child("detector").kill()
            assert sending.wait(120) == 0
        expected = counted(last_words(replayed))
        up.until(lambda: standing(up) == expected, 600, f"{expected.total()} moments")
        yield up


def broker(up: Up) -> str:
    return f"127.0.0.1:{up.kafka_port}"


def verify(up: Up) -> dict[str, Any]:
    counts: dict[str, Any] = json.loads(
        touchstone("verify", "--json", "--broker", broker(up)).stdout
    )
    return counts


def get(up: Up, path: str) -> Any:
    token = (up.directory / "admin-token").read_text().strip()
    request = urllib.request.Request(
        f"http://127.0.0.1:{up.port}{path}", headers={"authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def kcat(up: Up, *arguments: str) -> str:
    if shutil.which("kcat") is None:
        assert "CI" not in os.environ, "kcat is not installed"
        pytest.skip("kcat is not installed: apt install kcat")
    argv = ["kcat", "-q", "-b", broker(up), "-t", TRANSITIONS, "-C", "-e", *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def test_a_detector_killed_meanwhile_loses_repeats_and_invents_nothing(deployment: Up) -> None:
    counts = verify(deployment)
    assert counts.pop("checked") > 100_000
    assert counts == {
        "lost": 0, "repeated": 0, "invented": 0, "wrong": 0, "pending": 0,
        "differences": [], "notes": [],
    }  # fmt: skip


def test_live_agrees_with_replay(deployment: Up, replayed: list[str]) -> None:
    live = kcat(deployment, "-f", "%s\\n").splitlines()
    assert last_words(live) == last_words(replayed)


def test_replay_of_the_broker_is_replay_of_the_files(deployment: Up, replayed: list[str]) -> None:
    done = touchstone("replay", "--broker", broker(deployment))
    assert done.stdout.splitlines() == replayed


def test_a_transition_is_a_cloud_event_to_kcat(deployment: Up) -> None:
    text = kcat(deployment, "-c", "1", "-f", "%k\\n%h\\n%s\\n")
    key, headers, value = text.splitlines()
    said = json.loads(value)
    assert key == said["subject"]
    by_name = dict(pair.split("=", 1) for pair in headers.split(","))
    assert by_name["ce_specversion"] == "1.0"
    assert by_name["ce_id"] == said["id"]
    assert by_name["ce_subject"] == said["subject"]
    assert by_name["ce_time"] == said["at"]
    assert by_name["content-type"] == "application/json"


def test_the_live_state_is_served(deployment: Up) -> None:
    totals = get(deployment, "/api/v1/stats")
    assert totals["customers"] > 1_000
    alerts = get(deployment, "/api/v1/alerts?status=resolved&severity=critical&limit=1")
    (alert,) = alerts["items"]
    customer = get(deployment, f"/api/v1/customers/{alert['subject']}")
    assert customer["subject"] == alert["subject"]


async def test_verify_finds_what_should_not_be_there(deployment: Up) -> None:
    line = kcat(deployment, "-c", "1", "-f", "%s\\n")
    said = msgspec.json.decode(line, type=Transition)
    forged = [
        said,
        msgspec.structs.replace(said, id="forged-1", instance="forged"),
        msgspec.structs.replace(said, id="forged-2", to="lapsed", revision=2),
    ]
    async with AIOKafkaProducer(bootstrap_servers=broker(deployment)) as producer:
        for one in forged:
            await producer.send_and_wait(
                TRANSITIONS, encode_transition(one), said.subject.encode(),
                headers=transition_headers(one),
            )  # fmt: skip
    done = touchstone("verify", "--broker", broker(deployment), "--subject", said.subject)
    assert done.returncode == 1
    assert "repeated 1, invented 1, wrong 1" in done.stdout

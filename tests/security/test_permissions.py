"""With the permissions of docs/security.md all works; without one, it is said and nothing lost."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from journey.instant import format_instant
from tests.detector.deployment import Worker, free_port
from tests.detector.worker import Order
from tests.security.broker import SecuredKafka
from tests.security.permissions import Permission, give, listed, take
from topics.contracts import CHANGELOG

PERMISSIONS = listed()


def run(secured: SecuredKafka, user: str, *argv: str, told: str = "") -> tuple[int, str]:
    """Run a command as a user; gives its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "touchstone", *argv],
        env=os.environ | secured.environment(user),
        input=told, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def event(number: int) -> str:
    body = {
        "messageId": f"m{number}-{time.time_ns()}",
        "type": "track",
        "event": "Product Added",
        "userId": f"u{number}",
        "timestamp": format_instant(time.time_ns() // 1_000_000),
        "properties": {"price": 5},
    }
    return json.dumps(body)


@pytest.fixture(scope="module")
def allowed(secured: SecuredKafka) -> SecuredKafka:
    """Give the broker with the permissions of the page, and with the topics."""
    assert run(secured, "operator", "topics", "create", "--partitions", "2") == (
        3,
        "Error: the broker refused to make alerts: Authorization failed.\n",
    )
    asyncio.run(give(secured.bootstrap, PERMISSIONS))
    code, said = run(secured, "operator", "topics", "create", "--partitions", "2")
    assert code == 0, said
    return secured


class Detector(Worker):
    """A worker that comes as the user `detector`."""

    def __init__(self, secured: SecuredKafka, directory: Path, **replaced: str) -> None:
        environment = secured.environment("detector") | replaced
        order = Order(
            bootstrap=environment["TOUCHSTONE_BROKER"],
            data_dir=str(directory / "worker"),
            http_port=free_port(),
        )
        super().__init__(order, directory / "worker.log", environment=environment)

    async def says(self, what: str, within_s: float = 60.0) -> dict[str, Any]:
        """Wait for a line with this text."""
        deadline = time.monotonic() + within_s
        while not (lines := [one for one in self.log().splitlines() if what in one]):
            assert time.monotonic() < deadline, self.log()
            await asyncio.sleep(0.1)
        line: dict[str, Any] = json.loads(lines[-1])
        return line


async def test_all_parts_work_with_the_permissions_of_the_page(
    allowed: SecuredKafka, tmp_path: Path
) -> None:
    worker = Detector(allowed, tmp_path)
    port = free_port()
    with (tmp_path / "api.log").open("wb") as log:
        api = await asyncio.to_thread(
            subprocess.Popen,
            [sys.executable, "-m", "touchstone", "api", "--data-dir", str(tmp_path / "api"),
             "--port", str(port)],
            env=os.environ | allowed.environment("api"), stdout=log, stderr=log,
        )  # fmt: skip
    try:
        await worker.ready(60)
        code, said = run(allowed, "sender", "send", "-", told="\n".join(map(event, range(6))))
        assert (code, "Sent 6 events" in said) == (0, True), said
        async with asyncio.timeout(60):
            while await asyncio.to_thread(customers, port) != 6:  # noqa: ASYNC110 - a process
                await asyncio.sleep(0.3)
        code, said = run(allowed, "auditor", "verify", "--models", "four-moments")
        assert code == 0, said
        assert "lost 0, repeated 0, invented 0, wrong 0" in said
        assert run(allowed, "operator", "topics", "check")[0] == 0
        assert run(allowed, "auditor", "dead-letters", "list") == (0, "0 dead letters.\n")
    finally:
        api.kill()
        api.wait()
        assert await worker.stop() == 0


def customers(port: int) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/stats", timeout=2) as answer:
            return int(json.load(answer)["customers"])
    except OSError:
        return None


async def test_detector_that_may_not_read_says_what_and_works_as_soon_as_it_may(
    allowed: SecuredKafka, tmp_path: Path
) -> None:
    """Without Read on its changelog a worker would recover nothing, and aiokafka only logs it."""
    group, changelog = (_found("Read", name) for name in ("touchstone", CHANGELOG))
    seen = [one._replace(operation="Describe") for one in (group, changelog)]
    await take(allowed.bootstrap, [group, changelog])
    await give(allowed.bootstrap, seen)
    worker = Detector(allowed, tmp_path)
    try:
        said = await worker.says("a consumer group (touchstone)")
        assert said["event"] == "broker_refuses"
        assert "docs/security.md" in said["error"]
        await give(allowed.bootstrap, [group])
        await worker.says(f"a topic ({CHANGELOG})")
        assert not worker.is_ready()
    finally:
        await give(allowed.bootstrap, [group, changelog])
        await take(allowed.bootstrap, seen)
    await worker.ready(90)
    assert await worker.stop() == 0


@pytest.mark.parametrize("name", ["touchstone-", CHANGELOG])
async def test_detector_that_may_not_write_says_what_and_ends(
    allowed: SecuredKafka, tmp_path: Path, name: str
) -> None:
    assert run(allowed, "sender", "send", "-", told=event(7))[0] == 0
    gone = _found("Write", name)
    await take(allowed.bootstrap, [gone])
    worker = Detector(allowed, tmp_path)
    try:
        said = await worker.says("does not allow this user")
        assert (said["event"], name.rstrip("-") in said["reason"]) == ("detector_stopped", True)
        assert "docs/security.md" in said["reason"]
        assert await worker.ended() == 70
    finally:
        await give(allowed.bootstrap, [gone])


def _found(operation: str, name: str) -> Permission:
    [one] = [
        one
        for one in PERMISSIONS
        if (one.user, one.operation, one.name) == ("User:detector", operation, name)
    ]
    return one


@pytest.mark.parametrize(
    "argv", [("send", "-"), ("verify",), ("dead-letters", "list"), ("topics", "check")]
)
def test_command_of_a_user_without_permissions_is_one_sentence(
    allowed: SecuredKafka, argv: tuple[str, ...]
) -> None:
    code, said = run(allowed, "stranger", *argv, told=event(0))
    assert code == (1 if argv[0] == "topics" else 3)
    assert "Traceback" not in said
    assert "topics create" in said


async def test_detector_with_a_wrong_password_says_so_each_time_and_is_not_ready(
    allowed: SecuredKafka, tmp_path: Path
) -> None:
    worker = Detector(allowed, tmp_path, TOUCHSTONE_KAFKA_SASL_PASSWORD="hunter2")
    said = await worker.says("broker_refuses")
    assert "refused the user detector" in said["error"]
    assert worker.get("/healthz") is not None
    assert not worker.is_ready()
    async with asyncio.timeout(30):
        while (await worker.says("broker_refuses"))["again_in_s"] < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert "hunter2" not in worker.log()
    assert await worker.stop() == 0

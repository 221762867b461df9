"""`touchstone dead-letters redrive` on a real broker with a real detector."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from journey.instant import DAY, HOUR, format_instant
from tests.detector.deployment import Deployment
from topics.contracts import DEAD_LETTERS, EVENTS_PURCHASE, EVENTS_WEB, SOURCES, TRANSITIONS
from topics.deadletters import dead_letter_headers
from topics.redrive import REDRIVEN

NOW = time.time_ns() // 1_000_000


def event(who: str, at: int, name: str = "Product Added") -> bytes:
    body = {
        "messageId": f"{name}-{who}",
        "type": "track",
        "event": name,
        "userId": who,
        "timestamp": format_instant(at),
        "properties": {"price": 5, "order_id": "o", "total": 5},
    }
    return json.dumps(body).encode()


async def letter(deployment: Deployment, value: bytes, topic: str, reason: str) -> None:
    """Put a dead letter there as a detector of other rules, or of before, would have."""
    headers = dead_letter_headers(
        topic=topic, partition=0, offset=1, stage="decode", exception="BadEvent",
        message="it could not be used then", reason=reason,
    )  # fmt: skip
    send = deployment.producer.send_and_wait
    await send(DEAD_LETTERS, value, key=b"as it came", headers=[("mine", b"1"), *headers])


async def redrive(deployment: Deployment, *argv: str) -> str:
    command = (sys.executable, "-m", "touchstone", "dead-letters", "redrive", *argv)
    done = await asyncio.to_thread(
        subprocess.run,
        [*command, "--broker", deployment.bootstrap],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    await deployment.caught_up()
    await asyncio.sleep(1)
    return done.stdout


async def said(deployment: Deployment) -> Counter[str]:
    """Give all that was said, by the id of each transition."""
    return Counter(
        (word := json.loads(record.value))["subject"] + word["id"]
        for record in await deployment.read(TRANSITIONS)
    )


async def states(deployment: Deployment) -> dict[str, str]:
    """Give the last word on the first moment of each customer who has one."""
    words = [json.loads(record.value) for record in await deployment.read(TRANSITIONS)]
    words.sort(key=lambda word: int(word["revision"]))
    return {word["subject"]: word["to"] for word in words if word["moment"] == "fmot"}


async def test_what_can_be_used_is_sent_again_once_and_twice_changes_nothing(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        worker = await deployment.start(bad_share=1.0).ready()
        for value in (event("web", NOW - 2 * HOUR), event("bad", NOW).replace(b"{", b"?", 1)):
            await letter(deployment, value, EVENTS_WEB, "not_json")
        await letter(deployment, event("late", NOW - 8 * DAY), EVENTS_WEB, "late")
        await letter(deployment, event("soon", NOW + HOUR), EVENTS_WEB, "future")
        bought = event("buys", NOW - HOUR, "Order Completed")
        await letter(deployment, bought, EVENTS_PURCHASE, "misrouted")
        await letter(deployment, event("buys", NOW - 2 * HOUR), "elsewhere", "not_json")

        told = await redrive(deployment, "--dry-run")
        counted, explained = told.splitlines()
        assert counted == "6 dead letters: 3 to send again, 1 ahead of time, 1 late, 1 of no use."
        assert explained.startswith("1 stay late: an event is taken within 7 days")
        assert await deployment.read(EVENTS_WEB) == []

        # As if it had been interrupted after its first events.
        told = await redrive(deployment, "--where", "topic=events.purchase")
        assert told.startswith("1 dead letters: 1 to send again.\nSent 1 events again")
        await redrive(deployment)
        assert await states(deployment) == {"person:buys": "met", "person:web": "open"}
        once = await said(deployment)
        letters = len(await deployment.read(DEAD_LETTERS))
        assert letters == 6

        told = await redrive(deployment)
        assert "3 to send again" in told
        assert await said(deployment) == once
        assert len(await deployment.read(DEAD_LETTERS)) == letters
        assert max(once.values()) == 1

        again = [one for topic in SOURCES for one in await deployment.read(topic)]
        assert len(again) == 1 + 3 + 3
        assert {dict(one.headers).get("mine") for one in again} == {b"1"}
        assert all([name for name, _ in one.headers] == ["mine", REDRIVEN] for one in again)
        assert {one.key for one in again} == {b"web", b"buys"}
        assert await worker.stop() == 0


@pytest.mark.parametrize("wrong", ["reason", "colour=red", "topic=", "since=yesterday"])
def test_wrong_condition_is_wrong_use(wrong: str) -> None:
    command = (sys.executable, "-m", "touchstone", "dead-letters", "redrive", "--where", wrong)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "expected" in done.stderr

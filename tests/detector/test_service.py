"""The detector as a service on a real broker: start, health, bad input, deadlines, stop."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from journey.instant import DAY, format_instant
from tests.detector.deployment import Deployment, Worker, free_port
from topics.cluster import admin
from topics.connection import Connection
from topics.contracts import CHANGELOG, DEAD_LETTERS, EVENTS_FEEDBACK, EVENTS_WEB, TRANSITIONS, load


def added(who: str, at: int, name: str = "Product Added") -> dict[str, Any]:
    return {
        "messageId": f"{name}-{who}-{at}",
        "type": "track",
        "event": name,
        "userId": who,
        "timestamp": format_instant(at),
        "properties": {"price": 5, "order_id": f"o-{at}", "total": 5},
    }


async def test_broker_without_topics_is_said_in_one_sentence(
    fresh_kafka: str, tmp_path: Path
) -> None:
    deployment = Deployment(fresh_kafka, tmp_path)
    worker = deployment.start()
    assert await worker.ended() == 3
    assert "run `touchstone topics create" in worker.log().splitlines()[-1]


@pytest.mark.broker
async def test_absent_broker_is_waited_for_and_a_signal_ends_the_waiting(tmp_path: Path) -> None:
    worker = Deployment(f"127.0.0.1:{free_port()}", tmp_path).start()
    for _ in range(100):
        if "broker_unreachable" in worker.log():
            break
        await asyncio.sleep(0.1)
    assert worker.get("/healthz") is not None
    assert worker.get("/metrics") is not None
    assert not worker.is_ready()
    assert await worker.stop() == 0


async def test_other_clock_than_that_of_the_topics_is_refused(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        deployment.clock = "events"
        worker = deployment.start()
        assert await worker.ended() == 3
        assert "--clock wall" in worker.log().splitlines()[-1]


async def test_bad_messages_become_dead_letters_and_good_ones_beside_them_are_folded(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        worker = await deployment.start().ready()
        now = time.time_ns() // 1_000_000
        bad = {"value": b"{no", "key": b"k", "headers": [("mine", b"1")], "partition": 1}
        await deployment.producer.send(EVENTS_WEB, **bad)
        await deployment.producer.send(EVENTS_WEB, value=None, key=b"tombstone")
        await deployment.send([added("good", now), added("late", now - 20 * DAY)])
        await deployment.caught_up()
        letters = await deployment.read(DEAD_LETTERS)
        found = {dict(letter.headers)["touchstone_reason"]: letter for letter in letters}
        assert found.keys() == {b"not_json", b"no_value", b"late"}
        letter = found[b"not_json"]
        headers = dict(letter.headers)
        assert (letter.key, letter.value, headers["mine"]) == (b"k", b"{no", b"1")
        assert headers["__connect.errors.topic"] == EVENTS_WEB.encode()
        assert headers["__connect.errors.partition"] == b"1"
        words = [json.loads(record.value) for record in await deployment.read(TRANSITIONS)]
        assert {word["subject"] for word in words} == {"person:good"}
        assert await worker.stop() == 0


async def test_deadline_fires_by_the_wall_clock_with_no_event_arriving(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        worker = await deployment.start().ready()
        due = time.time_ns() // 1_000_000 + 10_000
        await deployment.send([added("waiting", due - DAY)])
        async with asyncio.timeout(60):
            while "open" not in await states(deployment, "waiting"):  # noqa: ASYNC110 - a process
                await asyncio.sleep(0.2)
        await worker.kill()
        worker = await deployment.start().ready()
        await asyncio.sleep(max(0.0, due / 1000 - time.time()))
        async with asyncio.timeout(60):
            while "missed" not in await states(deployment, "waiting"):  # noqa: ASYNC110 - a process
                await asyncio.sleep(0.2)
        assert await states(deployment, "waiting") == ["open", "missed"]
        assert await worker.stop() == 0


async def test_what_is_said_does_not_wait_for_the_interval(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        before = await deployment.start().ready()
        await deployment.send([added("before", time.time_ns() // 1_000_000)])
        await deployment.caught_up()
        await before.stop()
        worker = await deployment.start(flush_interval_ms=3_600_000).ready()
        async with asyncio.timeout(60):
            while not all(lag < 1 for lag in lags(worker)):  # noqa: ASYNC110 - a process
                await asyncio.sleep(0.2)
        await deployment.send([added("said", time.time_ns() // 1_000_000)])
        async with asyncio.timeout(60):
            while "open" not in await states(deployment, "said"):  # noqa: ASYNC110 - a process
                await asyncio.sleep(0.2)


def lags(worker: Worker) -> list[float]:
    """How far its clocks come behind, s."""
    lines = (worker.get("/metrics") or "").splitlines()
    found = [line for line in lines if line.startswith("touchstone_clock_lag_seconds{")]
    return [float(line.split()[-1]) for line in found] or [float("inf")]


async def states(deployment: Deployment, who: str) -> list[str]:
    words = [json.loads(record.value) for record in await deployment.read(TRANSITIONS)]
    mine = [word for word in words if word["subject"] == f"person:{who}"]
    return [word["to"] for word in mine if word["moment"] == "fmot"]


async def test_flood_of_bad_messages_stops_the_worker_and_dead_letters_stay_few(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        before = len(await deployment.read(DEAD_LETTERS))
        for number in range(8000):
            await deployment.producer.send(EVENTS_WEB, value=b"?", key=b"%d" % number)
        await deployment.producer.flush()
        worker = deployment.start()
        assert await worker.ended() == 70
        line = json.loads(worker.log().splitlines()[-1])
        assert (line["event"], line["fault"]) == ("detector_stopped", "TooManyBad")
        assert len(await deployment.read(DEAD_LETTERS)) - before < 4 * 1000
        patient = await deployment.start(bad_share=1.0).ready()
        await deployment.caught_up()
        assert await patient.stop() == 0


@pytest.mark.parametrize(
    ("topic", "setting", "wrong", "right"),
    [
        (CHANGELOG, "cleanup.policy", "delete", "compact"),
        (EVENTS_WEB, "message.timestamp.type", "CreateTime", "LogAppendTime"),
    ],
)
async def test_topic_made_wrongly_stops_the_worker_with_what_to_do(
    fresh_kafka: str, tmp_path: Path, topic: str, setting: str, wrong: str, right: str
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        await configure(fresh_kafka, topic, setting, wrong)
        worker = deployment.start()
        assert await worker.ended() == 3
        said = worker.log().splitlines()[-1]
        assert topic in said
        assert setting in said
        assert f"expected {right}" in said
        await configure(fresh_kafka, topic, setting, right)


async def configure(bootstrap: str, topic: str, setting: str, value: str) -> None:
    """Set one setting of a topic beside those of its contract."""
    config = {**load()[topic].config_for("wall"), setting: value}
    async with admin(Connection(bootstrap)) as client:
        await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, config)])


async def test_unequal_partition_counts_are_refused(fresh_kafka: str, tmp_path: Path) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        async with admin(Connection(fresh_kafka)) as client:
            await client.create_partitions({EVENTS_FEEDBACK: NewPartitions(total_count=5)})
        worker = deployment.start()
        assert await worker.ended() == 3
        assert "equally many partitions" in worker.log()


@pytest.mark.broker
async def test_taken_health_port_is_one_sentence(tmp_path: Path) -> None:
    deployment = Deployment(f"127.0.0.1:{free_port()}", tmp_path)
    first = deployment.start()
    for _ in range(100):
        if first.get("/healthz") is not None:
            break
        await asyncio.sleep(0.1)
    second = Worker(first.order, tmp_path / "second.log")
    assert await second.ended() == 3
    assert "choose another port" in second.log().splitlines()[-1]
    assert await first.stop() == 0

"""A broker that goes away: the worker says so, and comes back or ends; it never hangs between."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from tests.conftest import start, stoppable_kafka
from tests.detector.deployment import Deployment, Worker
from tests.detector.test_service import added, states

LONGEST_OUTAGE_S = 90.0
MOST_LINES = 150


async def ended_or_unready(worker: Worker, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while worker.process.poll() is None and await asyncio.to_thread(worker.is_ready):
        assert time.monotonic() < deadline, worker.log()
        await asyncio.sleep(0.2)


@pytest.mark.broker
async def test_broker_away_for_longer_than_the_session_loses_nothing_and_hangs_nobody(
    tmp_path: Path,
) -> None:
    with stoppable_kafka() as kafka:
        async with Deployment(kafka.bootstrap, tmp_path) as deployment:
            worker = await deployment.start(frozen_after_s=4.0).ready()
            await deployment.send([added("before", time.time_ns() // 1_000_000)])
            await deployment.caught_up()
            kafka.stop()
            await ended_or_unready(worker, LONGEST_OUTAGE_S)
            await asyncio.sleep(10)  # the session is of 6 s
            start(kafka)
            async with asyncio.timeout(LONGEST_OUTAGE_S):
                while worker.process.poll() is None and not worker.is_ready():  # noqa: ASYNC110
                    await asyncio.sleep(0.3)
            if (code := worker.process.poll()) is not None:  # as whoever supervises it would
                assert code == 70
                worker = await deployment.start().ready()
            await deployment.send([added("after", time.time_ns() // 1_000_000)])
            await deployment.caught_up()
            assert await states(deployment, "before") == ["open"]
            assert await states(deployment, "after") == ["open"]
            assert await worker.stop() == 0


@pytest.mark.broker
async def test_broker_that_stays_away_ends_the_worker_with_one_line_and_no_storm(
    tmp_path: Path,
) -> None:
    with stoppable_kafka() as kafka:
        async with Deployment(kafka.bootstrap, tmp_path) as deployment:
            worker = await deployment.start(frozen_after_s=4.0).ready()
            await deployment.send([added("before", time.time_ns() // 1_000_000)])
            await deployment.caught_up()
            await deployment.producer.stop()
            kafka.stop()
            await ended_or_unready(worker, LONGEST_OUTAGE_S)
            assert await worker.ended(LONGEST_OUTAGE_S) == 70
            lines = worker.log().splitlines()
            assert len(lines) < MOST_LINES, worker.log()[-5000:]
            last = json.loads(lines[-1])
            assert last["event"] == "detector_stopped"
            assert "broker" in last["reason"], last

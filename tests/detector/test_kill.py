"""A worker that vanishes loses nothing and repeats nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.detector.crashing_worker import DIED, STEPS
from tests.detector.deployment import Deployment
from tests.detector.shop import compare, events


async def test_kill_in_mid_stream_loses_and_repeats_nothing(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        worker = await deployment.start().ready()
        for seed in (1, 2, 3):
            sending = asyncio.create_task(deployment.send(events(3000, seed=seed)))
            await asyncio.sleep(0.4)
            await worker.kill()
            worker = deployment.start()
            await sending
            await worker.ready()
        await deployment.caught_up()
        assert await compare(deployment) > 1000
        assert await worker.stop() == 0


@pytest.mark.parametrize("step", STEPS)
async def test_crash_in_the_flush_loses_and_repeats_nothing(
    fresh_kafka: str, tmp_path: Path, step: str
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        crashing = deployment.start(step, "5")
        await deployment.send(events(1500, seed=100 + STEPS.index(step)))
        assert await crashing.ended() == DIED
        worker = await deployment.start().ready()
        await deployment.caught_up()
        await compare(deployment)
        assert await worker.stop() == 0

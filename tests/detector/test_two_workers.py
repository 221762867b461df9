"""Workers share the partitions, and nothing is lost or repeated when one comes or goes."""

from __future__ import annotations

import asyncio
import re
import signal
from itertools import chain
from pathlib import Path

from tests.detector.deployment import PARTITIONS, Deployment, Worker
from tests.detector.shop import compare, events


def owned(worker: Worker) -> set[int]:
    metrics = worker.get("/metrics") or ""
    found = re.findall(r'touchstone_journeys_cached\{partition="(\d+)"\}', metrics)
    return {int(number) for number in found}


async def shares(deployment: Deployment, *workers: Worker) -> None:
    """Wait until the workers own all partitions between them, none twice and none idle."""
    for _ in range(150):
        parts = [await asyncio.to_thread(owned, worker) for worker in workers]
        if all(parts) and sorted(chain(*parts)) == list(range(PARTITIONS)):
            return
        await asyncio.sleep(0.1)
    raise AssertionError([parts, *(worker.log()[-2000:] for worker in workers)])


async def test_two_workers_share_and_one_joins_leaves_and_dies(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        first = await deployment.start().ready()
        await shares(deployment, first)
        sending = asyncio.create_task(deployment.send(events(6000, seed=1)))
        second = await deployment.start().ready()
        await shares(deployment, first, second)
        await deployment.send(events(1000, seed=2))
        assert await second.stop() == 0
        await shares(deployment, first)
        third = await deployment.start().ready()
        await deployment.send(events(1000, seed=3))
        await first.kill()
        await deployment.send(events(1000, seed=4))
        await shares(deployment, third)
        await sending
        await deployment.caught_up()
        await compare(deployment)
        assert await third.stop() == 0


async def test_worker_that_slept_through_a_takeover_loses_and_repeats_nothing(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        sleeper = await deployment.start().ready()
        sending = asyncio.create_task(deployment.send(events(4000, seed=21)))
        await asyncio.sleep(0.5)
        sleeper.process.send_signal(signal.SIGSTOP)
        other = await deployment.start().ready()
        await shares(deployment, other)
        await deployment.send(events(1000, seed=22))
        sleeper.process.send_signal(signal.SIGCONT)
        await sending
        await deployment.caught_up()
        await compare(deployment)
        assert await sleeper.stop() in {0, 70}  # it may be fenced, or notice and join again
        assert await other.stop() == 0

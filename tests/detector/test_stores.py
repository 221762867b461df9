"""Either store under a worker: killed, on a full disk, with a small cache, standing by."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path

import pytest

from services.detector.settings import Store
from tests.detector.deployment import Deployment, Worker
from tests.detector.shop import compare, events
from tests.detector.test_two_workers import shares
from topics.contracts import CHANGELOG

READ = "touchstone_changelog_read_total"


@pytest.mark.parametrize("store", ["memory", "disk"])
async def test_a_cache_far_smaller_than_the_customers_changes_nothing(
    fresh_kafka: str, tmp_path: Path, store: Store
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        worker = await deployment.start(store=store, cache=8).ready()
        await deployment.send(events(2500, seed=len(store), customers=1200))
        await deployment.caught_up()
        await asyncio.sleep(1)
        assert worker.metric("touchstone_journeys_cached") <= 8
        assert worker.metric("touchstone_journeys_loaded_total") > 100
        await worker.kill()
        recorded = len(await deployment.read(CHANGELOG))
        again = await deployment.start(of=0, store=store, cache=8).ready()
        await deployment.send(events(1000, seed=40 + len(store), customers=1200))
        await deployment.caught_up()
        read = again.metric(READ)
        assert read < 100 if store == "disk" else read > recorded / 2
        await compare(deployment)
        assert await again.stop() == 0


async def test_a_full_disk_ends_the_worker_and_the_next_goes_on(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        worker = await deployment.start(store="disk").ready()
        await deployment.send(events(500, seed=60))
        await deployment.caught_up()
        limit = largest_file(tmp_path) + 50_000
        resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        sending = asyncio.create_task(deployment.send(events(3000, seed=61)))
        assert await worker.ended(60) == 70
        assert "IO error" in worker.log()
        await sending
        again = await deployment.start(of=0, store="disk").ready()
        await deployment.caught_up()
        await compare(deployment)
        assert await again.stop() == 0


async def test_two_workers_on_one_directory_are_told_so(fresh_kafka: str, tmp_path: Path) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        first = await deployment.start(store="disk").ready()
        second = deployment.start(of=0, store="disk")
        assert await second.ended() == 3
        assert "give each worker a --data-dir of its own" in second.log()
        assert await first.stop() == 0


def largest_file(directory: Path) -> int:
    return max(file.stat().st_size for file in directory.rglob("*") if file.is_file())


@pytest.mark.parametrize("store", ["memory", "disk"])
async def test_a_standby_takes_over_without_reading_the_changelog_again(
    fresh_kafka: str, tmp_path: Path, store: Store
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        first = await deployment.start(store=store, standbys=1).ready()
        second = await deployment.start(store=store, standbys=1).ready()
        await shares(deployment, first, second)
        await deployment.send(events(4000, seed=70 + len(store)))
        await deployment.caught_up()
        before = await stands_by(second, deployment)
        await first.kill()
        sending = asyncio.create_task(deployment.send(events(1000, seed=80 + len(store))))
        await shares(deployment, second)
        assert second.metric(READ) - before < 100
        third = await deployment.start(store=store, standbys=1).ready()
        await sending
        await shares(deployment, second, third)
        await deployment.send(events(500, seed=90 + len(store)))
        assert await third.stop() == 0
        await shares(deployment, second)
        await deployment.send(events(500, seed=100 + len(store)))
        await deployment.caught_up()
        await compare(deployment)
        assert await second.stop() == 0


async def stands_by(worker: Worker, deployment: Deployment) -> float:
    """Wait until a standby reads nothing more; give how much it has read."""
    read, again = -1.0, await asyncio.to_thread(worker.metric, READ)
    while read != again:
        await asyncio.sleep(1.5)
        read, again = again, await asyncio.to_thread(worker.metric, READ)
    assert read > 100, "it does not stand by"
    return read

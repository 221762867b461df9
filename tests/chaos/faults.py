"""What is done to a running deployment; each returns when the fault itself is over."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final, NamedTuple

from tests.chaos.deployment import Deployment
from tests.detector.crashing_worker import STEPS

MOST_WORKERS: Final = 3
LEAST_WORKERS: Final = 2
_LONGER_THAN_THE_SESSION_S: Final = (12.0, 15.0)
_OUTAGE_S: Final = (10.0, 30.0)
_SLOW_S: Final = 8.0
_FULL_S: Final = 6.0
_MUCH: Final = 10.0
_MUCH_FOR_S: Final = 4.0

Strike = Callable[[Deployment, Random], Awaitable[str]]


class Fault(NamedTuple):
    """A kind of fault, when it can be done, and doing it; gives what was done, in words."""

    kind: str
    strike: Strike
    can: Callable[[Deployment], bool] = lambda _: True

    def can_meet(self, other: Fault) -> bool:
        """Say whether both can be done at a time: one broker is broken in one way."""
        return outage not in {self.strike, other.strike} and not (
            {self.strike, other.strike} <= {stop_broker, kill_broker, slow_broker}
        )


async def kill(deployment: Deployment, chance: Random) -> str:
    with deployment.one(chance) as worker:
        since = time.monotonic()
        worker.signal(signal.SIGKILL)
        await deployment.died(worker, since)
        return f"kill -9 of {worker.name}"


async def terminate(deployment: Deployment, chance: Random) -> str:
    """End a worker in order; it is started again, as a rolling upgrade does."""
    with deployment.one(chance) as worker:
        since = time.monotonic()
        worker.signal(signal.SIGTERM)
        code = await deployment.died(worker, since, within_s=90.0)
        return f"SIGTERM of {worker.name}, which ended with {code}"


async def outage(deployment: Deployment, _: Random) -> str:
    """Kill all workers, and let much come while they are away, more than is read in a moment."""
    since = time.monotonic()
    for worker in deployment.workers:
        worker.signal(signal.SIGKILL)
    deployment.pressure = _MUCH
    try:
        await asyncio.gather(*(deployment.died(one, since) for one in deployment.workers))
        await asyncio.sleep(_MUCH_FOR_S)
    finally:
        deployment.pressure = 1.0
    return f"kill -9 of all workers, and {_MUCH:g} times the events while they are away"


async def join(deployment: Deployment, _: Random) -> str:
    worker = deployment.join()
    await deployment.ready()
    return f"{worker.name} joins"


async def leave(deployment: Deployment, chance: Random) -> str:
    with deployment.one(chance) as worker:
        await deployment.leave(worker)
        return f"{worker.name} leaves"


async def crash(deployment: Deployment, chance: Random) -> str:
    """Let a worker die at one step of its flush."""
    with deployment.one(chance) as worker:
        step, since = chance.choice(STEPS), time.monotonic()
        worker.fuse.write_text(step, "utf-8")
        code = await deployment.died(worker, since, within_s=60.0)
        worker.fuse.unlink(missing_ok=True)  # where it died of something else
        return f"{worker.name} dies in a flush, step `{step}`, with {code}"


async def pause(deployment: Deployment, chance: Random) -> str:
    """Stop a worker for longer than its session: it comes back as a zombie and is fenced."""
    with deployment.one(chance) as worker:
        length = chance.uniform(*_LONGER_THAN_THE_SESSION_S)
        worker.signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(length)
        finally:
            worker.signal(signal.SIGCONT)
        return f"{worker.name} stands still for {length:.0f} s"


async def stop_broker(deployment: Deployment, chance: Random) -> str:
    length = chance.uniform(*_OUTAGE_S)
    await asyncio.to_thread(deployment.kafka.stop)
    await asyncio.sleep(length)
    await deployment.start_broker()
    return f"the broker is stopped for {length:.0f} s"


async def kill_broker(deployment: Deployment, chance: Random) -> str:
    assert deployment.kafka.child is not None
    os.killpg(deployment.kafka.child.pid, signal.SIGKILL)
    await asyncio.to_thread(deployment.kafka.stop)
    length = chance.uniform(1, 6)
    await asyncio.sleep(length)
    await deployment.start_broker()
    return f"kill -9 of the broker, which is back after {length:.0f} s"


async def slow_broker(deployment: Deployment, chance: Random) -> str:
    """Let the broker stand still again and again, for most of a second each time."""
    assert deployment.kafka.child is not None
    pid, until = deployment.kafka.child.pid, time.monotonic() + _SLOW_S
    while time.monotonic() < until:
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(chance.uniform(0.05, 0.8))
        finally:
            os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(chance.uniform(0.02, 0.3))
    return f"the broker stutters for {_SLOW_S:.0f} s"


async def fill_disk(deployment: Deployment, chance: Random) -> str:
    with deployment.one(chance, with_disk=True) as worker:
        assert worker.disk is not None
        filler = worker.disk / "filler"
        try:
            with contextlib.suppress(OSError), filler.open("wb", buffering=0) as out:
                while True:  # until it says that no space is left
                    out.write(bytes(1 << 16))
            await asyncio.sleep(_FULL_S)
        finally:
            filler.unlink(missing_ok=True)
        return f"the disk of {worker.name} is full for {_FULL_S:.0f} s"


def _has_disks(deployment: Deployment) -> bool:
    return any(worker.disk for worker in deployment.workers)


FAULTS: Final = (
    Fault("kill", kill),
    Fault("outage", outage),
    Fault("terminate", terminate),
    Fault("join", join, lambda d: len(d.workers) < MOST_WORKERS),
    Fault("leave", leave, lambda d: len(d.workers) > LEAST_WORKERS),
    Fault("crash", crash),
    Fault("pause", pause),
    Fault("broker-stop", stop_broker),
    Fault("broker-kill", kill_broker),
    Fault("slow-broker", slow_broker),
    Fault("full-disk", fill_disk, _has_disks),
)

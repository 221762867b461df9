"""A broker and workers as real processes, looked after as `touchstone up` looks after them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from tests.chaos.command import ENVIRONMENT, MODEL_OPTIONS, touchstone
from tests.chaos.load import PARTITIONS
from touchstone.detector import command as detector_command
from touchstone.errors import Missing
from touchstone.local import ports
from touchstone.local.kafka import Kafka
from touchstone.local.service import Service
from touchstone.local.stopping import Stop
from touchstone.local.watchdog import Watchdog

HAS_DISK_STORE: Final = any(option.name == "store" for option in detector_command.params)

_TICK_S: Final = 0.1
_GRACE_S: Final = 20.0
_DISK: Final = "256m"  # the store has logs of its own, of some ten MB


class Death(NamedTuple):
    """A worker's process that ended; `at` is in monotonic seconds."""

    worker: str
    code: int
    at: float


@dataclass
class Worker:
    """One detector worker, `busy` while something is done to it.

    `disk` is where its small file system is mounted, if it has one.
    """

    service: Service
    fuse: Path
    disk: Path | None = None
    busy: bool = False

    @property
    def name(self) -> str:
        return self.service.name

    def signal(self, number: signal.Signals) -> None:
        """Signal its process; without effect when it has just died."""
        if self.service.child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.service.child.pid, number)


class Deployment:
    """What one act of the play runs on, with everything in `directory`.

    `pressure` is how many times the usual load is wanted at the moment.
    """

    def __init__(self, directory: Path, *, disk: bool) -> None:
        self.directory = directory
        self.workers: list[Worker] = []
        self.deaths: list[Death] = []
        self.given_up: str | None = None
        self.pressure = 1.0
        self._disk = disk and HAS_DISK_STORE
        self._numbers = 0
        self._watchdog = Watchdog()
        port = ports.choose_free(1)[0]
        self.kafka = Kafka(directory / "kafka", port, self._watchdog, directory / "kafka.log")

    @property
    def bootstrap(self) -> str:
        return self.kafka.bootstrap

    @contextlib.asynccontextmanager
    async def running(self, workers: int) -> AsyncIterator[None]:
        """Run the broker with its topics and so many workers; ends with everything stopped."""
        caring = None
        try:
            await self.start_broker()
            topics = ("topics", "create", "--partitions", str(PARTITIONS))
            await touchstone(*topics, "--broker", self.bootstrap)
            for _ in range(workers):
                self.join()
            caring = asyncio.create_task(self._care())
            await self.ready()
            yield
        finally:
            if caring is not None:
                caring.cancel()
                await asyncio.gather(caring, return_exceptions=True)
            for worker in list(self.workers):
                await self.leave(worker)
            await asyncio.to_thread(self.kafka.stop)
            self._watchdog.close()

    @contextlib.contextmanager
    def one(self, chance: Random, *, with_disk: bool = False) -> Iterator[Worker]:
        """Choose a worker to do something to, which nobody else does anything to meanwhile."""
        idle = [one for one in self.workers if not one.busy and (one.disk or not with_disk)]
        worker = chance.choice(idle)
        worker.busy = True
        try:
            yield worker
        finally:
            worker.busy = False

    def join(self) -> Worker:
        """Start one more worker."""
        self._numbers += 1
        name = f"worker-{self._numbers}"
        disk = self._mount(name) if self._disk else None
        fuse, data = self.directory / f"{name}.fuse", disk or self.directory / name
        port = ports.choose_free(1)[0]
        argv = [sys.executable, "-m", "tests.chaos.worker", str(fuse), "detector"]
        argv += ["--broker", self.bootstrap, "--data-dir", str(data), "--http-port", str(port)]
        argv += MODEL_OPTIONS
        if self._disk:
            argv += ["--store", "disk"]
        service = Service(
            name,
            "detector",
            lambda: argv,
            self.directory / f"{name}.log",
            self._watchdog,
            ready_url=f"http://{ports.LOOPBACK}:{port}/readyz",
            env=ENVIRONMENT,
        )
        service.start()
        worker = Worker(service, fuse, disk)
        self.workers.append(worker)
        return worker

    async def leave(self, worker: Worker) -> None:
        """Stop a worker in order, for good."""
        self.workers.remove(worker)
        await asyncio.to_thread(worker.service.stop, _GRACE_S)
        if worker.disk is not None:
            await asyncio.to_thread(_unmount, worker.disk)

    async def ready(self, within_s: float = 120.0) -> None:
        """Wait until every worker owns its partitions and their clocks run."""
        async with asyncio.timeout(within_s):
            for worker in list(self.workers):
                while not await asyncio.to_thread(worker.service.is_ready):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)

    async def died(self, worker: Worker, since: float, within_s: float = 20.0) -> int:
        """Wait until a worker's process ends; give its exit code."""
        async with asyncio.timeout(within_s):
            while True:
                for death in self.deaths:
                    if death.worker == worker.name and death.at >= since:
                        return death.code
                await asyncio.sleep(0.02)

    async def start_broker(self) -> None:
        """Start the broker on its data; returns when it answers."""
        await asyncio.to_thread(self.kafka.start, Stop())
        await asyncio.to_thread(self.kafka.wait_ready, Stop())

    def forgive(self) -> None:
        """Forget the deaths so far, of which `up` would bear no more than five a minute."""
        for worker in self.workers:
            worker.service.deaths.clear()

    async def _care(self) -> None:
        """Start again whoever died, until one has died five times in a round."""
        while self.given_up is None:
            for worker in self.workers:
                now, child = time.monotonic(), worker.service.child
                code = None if child is None else child.exit_code()
                if code is not None:
                    self.deaths.append(Death(worker.name, code, now))
                try:
                    worker.service.tend(now)
                except Missing as missing:
                    self.given_up = str(missing)
            await asyncio.sleep(_TICK_S)

    def _mount(self, name: str) -> Path | None:
        """Give a worker a small file system of its own, or None where that is not allowed."""
        disk = self.directory / f"{name}.disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(disk)]
        if subprocess.run(mount, capture_output=True, check=False).returncode == 0:
            return disk
        disk.rmdir()
        return None


def _unmount(disk: Path) -> None:
    subprocess.run(["umount", str(disk)], check=True)

"""One worker in this process, from start to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack, suppress
from typing import Final, TypeVar

import structlog

from journey.language import parse_model
from journey.model import Model
from services.detector import logs
from services.detector.detector import Detector
from services.detector.ends import Ends
from services.detector.fatal import end_process
from services.detector.health import HealthPort
from services.detector.modellog import ModelLog
from services.detector.settings import DetectorSettings
from services.detector.startup import connect
from services.detector.stores.copy import Copies
from services.detector.stores.disk import DiskCopies
from services.detector.stores.fitness import Changelog
from services.detector.stores.memory import MemoryCopies
from services.detector.transport.app import DetectorApp, DetectorWorker
from services.detector.transport.transactions import Transactions
from topics.contracts import CHANGELOG, GROUP, READ

_log = structlog.get_logger("touchstone.detector")

_T = TypeVar("_T")

_STOP_WITHIN_S: Final = 60.0


def run(settings: DetectorSettings) -> int:
    """Run one worker until SIGTERM or SIGINT; gives the exit code.

    Raises ModelError for a model that is wrong, and NotReady where the topics are not as they
    must be or the port is taken; waits for a broker that does not answer. Any fault in the work
    ends the process at once with code 70, nothing acknowledged.
    """
    logs.configure()
    # Journeys are many small objects that live long: the default would scan them all the time.
    gc.set_threshold(100_000, 50, 100)
    base = [parse_model(model.text, model.source) for model in settings.models]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop.run_until_complete(_Run(settings, base, loop).run())


class _Run:
    """Everything one worker starts, and stops in the other order."""

    def __init__(
        self, settings: DetectorSettings, base: Sequence[Model], loop: asyncio.AbstractEventLoop
    ) -> None:
        self._settings = settings
        self._base = base
        self._loop = loop
        self._stopping = asyncio.Event()
        self._detector: Detector | None = None

    async def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, self._stopping.set)
        async with AsyncExitStack() as stack:
            settings = self._settings
            health = HealthPort(
                settings.http_host, settings.http_port, self._unready, settings.token
            )
            port = await health.start()
            stack.push_async_callback(health.stop)
            _log.info("detector_started", health=f"http://{settings.http_host}:{port}")
            connected = await self._unless_stopped(connect(settings))
            if connected is not None:
                ends, count, changelog = connected
                stack.push_async_callback(ends.stop)
                await self._work(ends, count, changelog, stack)
        _log.info("detector_finished")
        return 0

    async def _work(
        self, ends: Ends, count: int, changelog: Changelog, stack: AsyncExitStack
    ) -> None:
        settings = self._settings
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        copies = self._copies(changelog)
        stack.callback(copies.close)
        transactions = Transactions(GROUP, settings.bootstrap, CHANGELOG)
        stack.push_async_callback(transactions.close)
        models = ModelLog(settings, self._base, ends)
        stack.push_async_callback(models.stop)
        detector = Detector(settings, models, count, transactions, lambda: app.journey_store)
        app = DetectorApp(
            GROUP,
            settings.bootstrap,
            READ,
            detector,
            copies,
            changelog,
            datadir=str(settings.data_dir),
            session_timeout_s=settings.session_timeout_s,
            standbys=settings.standbys,
        )
        self._detector = detector
        tasks: list[asyncio.Task[None]] = [
            asyncio.create_task(detector.flusher.flush_for_ever()),
            asyncio.create_task(detector.ticker.tick_for_ever(ends)),
            asyncio.create_task(detector.learner.learn_for_ever()),
        ]
        await self._until_stopped(DetectorWorker(app, self._loop))
        for task in tasks:
            task.cancel()

    def _copies(self, changelog: Changelog) -> Copies:
        if self._settings.store == "memory":
            return MemoryCopies()
        return DiskCopies(self._settings.data_dir / "journeys", changelog.topic_id)

    async def _until_stopped(self, worker: DetectorWorker) -> None:
        """Run the worker; it flushes and leaves the group when it is stopped."""
        working = asyncio.create_task(worker.start())
        try:
            await self._unless_stopped(working)
        except Exception as fault:  # noqa: BLE001 - the process ends with it
            end_process("faust", fault)
        if not self._stopping.is_set():
            end_process("faust", worker.crash_reason or RuntimeError("the worker ended by itself"))
        _log.info("detector_stopping")
        try:
            async with asyncio.timeout(_STOP_WITHIN_S):
                await worker.stop()
        except Exception as fault:  # noqa: BLE001 - the process ends with it
            end_process("stop", fault)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working

    async def _unless_stopped(self, doing: Awaitable[_T]) -> _T | None:
        """Wait for something, or for the signal to stop: then None."""
        task = asyncio.ensure_future(doing)
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if task.done():
            return task.result()
        if doing is not task:
            task.cancel()  # ours alone: nobody else waits for it
        return None

    def _unready(self) -> str | None:
        return "waiting for the broker" if self._detector is None else self._detector.unready()

"""What `touchstone up` does: start everything in order, look after it, stop it in reverse.

Signals only set a flag (`stopping`); this module looks at it wherever it waits, so there is no
moment at which a child has been started and is not known to be stopped.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

import click

from topics import broker as topics_broker
from topics.connection import Connection
from touchstone.errors import Interrupted, Missing
from touchstone.local import ports, services
from touchstone.local.asked import UpSettings
from touchstone.local.instance import Instance
from touchstone.local.kafka import Kafka
from touchstone.local.report import Report
from touchstone.local.service import Service, death_report, wait_ready
from touchstone.local.stopping import Stop
from touchstone.local.watchdog import Watchdog
from touchstone.modelfiles import engine_of

TICK_S: Final = 0.25
_READY_WITHIN_S: Final = 90.0
_GRACE_S: Final = 20.0
_GRACE_WITHOUT_KAFKA_S: Final = 2.0
"""How long a service may take to stop; without Kafka it has nothing left to finish."""


class Runner:
    """One run of `up`, from the first start to the last stop."""

    def __init__(self, settings: UpSettings, stop: Stop, report: Report) -> None:
        self._settings = settings
        self._stop = stop
        self._report = report
        self._kafka: Kafka | None = None
        self._services: list[Service] = []  # in the order of their start

    def run(self) -> None:
        """Run until asked to stop. Raises Missing when something needed is not there."""
        instance = Instance(self._settings.directory, self._settings.clock, self._stop)
        watchdog = Watchdog(keep_open=(instance.lock,))
        try:
            self._start(instance, watchdog)
            while True:
                self._tick(TICK_S)
                self._report.minute()
        except Interrupted:
            self._report.stopping()
        finally:
            self._stop_all()
            watchdog.close()
            instance.close()
        self._report.stopped(instance)

    def _start(self, instance: Instance, watchdog: Watchdog) -> None:
        self._require_usable(instance)
        self._report.begins(instance)
        bootstrap = self._start_kafka(instance, watchdog)
        created = asyncio.run(topics_broker.ensure(bootstrap, instance.clock))
        self._report.topics(len(created))
        plan = services.Plan(self._settings, instance, bootstrap, watchdog)
        self._start_services(plan.detectors())
        self._start_services([plan.api()])
        if plan.simulates:
            self._report.simulates(0 if instance.was_simulated else services.BACKFILL_DAYS)
            self._add(plan.company())
            instance.note_simulated()
        self._report.ready(plan)

    def _require_usable(self, instance: Instance) -> None:
        if self._settings.simulate and instance.clock == "events":
            raise click.UsageError(
                "The simulated company lives now, and this deployment is on the events clock: "
                "leave --simulate out, or use a new --data-dir with --clock wall."
            )
        ports.require_free(self._settings.port, "--port")
        if self._settings.broker is None:
            ports.require_free(self._settings.kafka_port, "--kafka-port")
        instance.keep_models(engine_of(self._settings.models).models)

    def _start_kafka(self, instance: Instance, watchdog: Watchdog) -> Connection:
        if self._settings.broker is not None:
            return self._settings.broker
        began = time.monotonic()
        self._kafka = Kafka(
            instance.directory / "kafka",
            self._settings.kafka_port,
            watchdog,
            instance.logs / "kafka.log",
        )
        self._kafka.start(self._stop)
        self._kafka.wait_ready(self._stop)
        self._report.started("Kafka", time.monotonic() - began)
        return Connection(self._kafka.bootstrap)

    def _start_services(self, group: list[Service]) -> None:
        began = time.monotonic()
        for service in group:
            self._add(service)
        if wait_ready(group, _READY_WITHIN_S, self._tick):
            self._report.started(group[0].title, time.monotonic() - began)
        else:
            self._report.slow(group[0].title, group[0].log)

    def _add(self, service: Service) -> None:
        self._stop.check()
        self._services.append(service)
        service.start()

    def _tick(self, seconds: float) -> None:
        """Wait a little, then look after everything that runs."""
        self._stop.sleep(seconds)
        if self._kafka is not None and self._kafka.child is not None:
            self._kafka.child.bound_log()
            if (code := self._kafka.child.exit_code()) is not None:
                raise Missing(f"{death_report(self._kafka.child, code)}\nNothing works without it.")
        now = time.monotonic()
        for service in self._services:
            if told := service.tend(now):
                self._report.told(told)

    def _kafka_lives(self) -> bool:
        child = self._kafka.child if self._kafka is not None else None
        return child is None or child.exit_code() is None

    def _stop_all(self) -> None:
        for service in reversed(self._services):
            service.stop(_GRACE_S if self._kafka_lives() else _GRACE_WITHOUT_KAFKA_S)
        if self._kafka is not None:
            self._kafka.stop()

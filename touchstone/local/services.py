"""The services of a local deployment: which commands `up` runs, and where they listen."""

from __future__ import annotations

import sys
from typing import Final

from topics.connection import Connection
from touchstone.local import ports
from touchstone.local.asked import UpSettings
from touchstone.local.instance import Instance
from touchstone.local.service import Service
from touchstone.local.watchdog import Watchdog

BACKFILL_DAYS: Final = 4
"""How far back the simulated company's events begin: less than the allowed lateness."""

_PAUSES_SHORTER: Final = 20


class Plan:
    """The services of one run, in the order in which they are started."""

    def __init__(
        self, settings: UpSettings, instance: Instance, bootstrap: Connection, watchdog: Watchdog
    ) -> None:
        self._settings = settings
        self._instance = instance
        self._watchdog = watchdog
        self.bootstrap = bootstrap
        self.port = settings.port
        self.token = instance.token
        self.logs = instance.logs
        self.detector_ports = ports.choose_free(settings.workers)

    @property
    def simulates(self) -> bool:
        """Say whether there is a simulated company: by default on the wall clock only."""
        asked = self._settings.simulate
        return self._instance.clock == "wall" if asked is None else asked

    def detectors(self) -> list[Service]:
        """Plan the detector workers, each with a directory of its own."""
        return [self._detector(n, port) for n, port in enumerate(self.detector_ports, 1)]

    def api(self) -> Service:
        """Plan the API with the console."""
        directory = str(self._instance.directory / "api")
        argv = self._argv("api", "--data-dir", directory, "--port", str(self.port))
        return Service(
            "api",
            "API",
            lambda: [*argv, *self._models()],
            self.logs / "api.log",
            self._watchdog,
            ready_url=f"http://{ports.LOOPBACK}:{self.port}/readyz",
            # Not an argument: those can be seen by every user of the machine.
            env={"TOUCHSTONE_TOKEN": self.token},
        )

    def company(self) -> Service:
        """Plan the simulated company; its past is sent at the first start only."""
        argv = self._argv("simulate")

        def of_this_start() -> list[str]:
            days = 0 if self._instance.was_simulated else BACKFILL_DAYS
            return [*argv, "--days", str(days), "--speed", str(_PAUSES_SHORTER)]

        log = self.logs / "simulate.log"
        return Service("simulate", "company", of_this_start, log, self._watchdog)

    def _detector(self, number: int, port: int) -> Service:
        name = f"detector-{number}"
        directory = str(self._instance.directory / name)
        options = ("--data-dir", directory, "--clock", self._instance.clock)
        argv = self._argv("detector", *options, "--http-port", str(port))
        return Service(
            name,
            "detector",
            lambda: [*argv, *self._models()],
            self.logs / f"{name}.log",
            self._watchdog,
            ready_url=f"http://{ports.LOOPBACK}:{port}/readyz",
        )

    def _argv(self, command: str, *options: str) -> list[str]:
        return [
            sys.executable,
            "-m",
            "touchstone",
            command,
            "--broker",
            str(self.bootstrap),
            *options,
        ]

    def _models(self) -> list[str]:
        return [part for model in self._settings.models for part in ("--models", model)]

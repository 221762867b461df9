"""What `up` says: a line as each part becomes ready, the addresses, and what goes wrong."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path
from typing import Final

from rich.console import Console

from touchstone.local import ports, pulse
from touchstone.local.instance import Instance
from touchstone.local.services import Plan

_FIRST_MINUTES_S: Final = 90.0
_PULSE_S: Final = (10.0, 60.0)
"""Seconds between lines on what happens: at first, and later."""


class Report:
    """Prints for a person, on standard output."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._plan: Plan | None = None
        self._ready_at = 0.0
        self._pulse_at = 0.0
        self._last_pulse = ""

    def begins(self, instance: Instance) -> None:
        """Say where the data is, and on which clock."""
        self._print(
            f"[bold]Touchstone {version('touchstone')}[/]: data in {instance.directory}, "
            f"{instance.clock} clock"
        )

    def started(self, what: str, seconds: float) -> None:
        """Say that a part can be used."""
        self._line(what, f"ready in {seconds:.1f} s")

    def topics(self, created: int) -> None:
        """Say what was done about the topics."""
        self._line("topics", f"{created} created" if created else "there")

    def simulates(self, days: int) -> None:
        """Say that the simulated company begins, and how far back."""
        past = f"{days} days of the past, then " if days else ""
        self._line("company", f"simulated: {past}live")

    def slow(self, what: str, log: Path) -> None:
        """Say that a part is not ready yet, though it runs."""
        self._line(what, f"not ready yet; it runs on, and its log is {log}")

    def ready(self, plan: Plan) -> None:
        """Print the addresses, one a line."""
        self._plan, self._ready_at = plan, time.monotonic()
        self._pulse_at = self._ready_at + _PULSE_S[0]
        api = f"http://{ports.LOOPBACK}:{plan.port}"
        self._print("")
        self._line("Console", f"{api}/?token={plan.token}")
        self._line("API", f"{api}/api/v1 (described at {api}/openapi.json)")
        self._line("Broker", str(plan.bootstrap))
        for number, port in enumerate(plan.detector_ports, 1):
            self._line(f"Detector {number}", f"http://{ports.LOOPBACK}:{port}/metrics")
        self._line("Logs", str(plan.logs))
        self._print("\nCtrl-C stops everything; starting again goes on where it was.\n")

    def told(self, text: str) -> None:
        """Pass on what the supervisor has to tell."""
        self._console.print(f"{_now()} {text}", markup=False)

    def minute(self) -> None:
        """Say from time to time what has happened to the customers, when it has changed."""
        now = time.monotonic()
        if self._plan is None or now < self._pulse_at:
            return
        self._pulse_at = now + _PULSE_S[now - self._ready_at > _FIRST_MINUTES_S]
        text = pulse.read(self._plan.port, self._plan.token)
        if text and text != self._last_pulse:
            self._last_pulse = text
            self.told(text)

    def stopping(self) -> None:
        """Say that stopping has begun."""
        self._print("Stopping …")

    def stopped(self, instance: Instance) -> None:
        """Say that nothing runs any more."""
        self._print(f"Stopped. The data is kept in {instance.directory}.")

    def _line(self, label: str, text: str) -> None:
        self._console.print(f"  {label:<11} {text}", markup=False)

    def _print(self, text: str) -> None:
        self._console.print(text)


def _now() -> str:
    return time.strftime("%H:%M:%S")

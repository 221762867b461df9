"""One service under supervision: started, started again after a death, given up after five."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from touchstone.errors import Missing
from touchstone.local.child import Child
from touchstone.local.watchdog import Watchdog

DEATHS_ALLOWED: Final = 5
WITHIN_S: Final = 60.0
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_LINE: Final = 300


@dataclass
class Service:
    """A service's command, and what has become of it.

    `title` is what a person calls it. `argv` is asked at each start. `ready_url` answers 200
    once the service can be used.
    """

    name: str
    title: str
    argv: Callable[[], Sequence[str]]
    log: Path
    watchdog: Watchdog
    ready_url: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    child: Child | None = None
    start_at: float = 0.0
    deaths: deque[float] = field(default_factory=deque)

    def start(self) -> None:
        """Start it now."""
        self.child = Child(self.name, self.argv(), self.log, self.watchdog, self.env)

    def tend(self, now: float) -> str | None:
        """Look after it: start what is due; give a report when it has just died.

        `now` is in monotonic seconds. Raises Missing at the fifth death within a minute.
        """
        if self.child is None:
            if now >= self.start_at:
                self.start()
            return None
        code = self.child.exit_code()
        if code is None:
            self.child.bound_log()
            return None
        return self._bury(self.child, code, now)

    def stop(self, grace_s: float) -> None:
        """Stop it in order, within the grace; without effect when it does not run."""
        if self.child is not None:
            self.child.stop(grace_s)
            self.watchdog.forget(self.child.pid)
            self.child = None

    def is_ready(self) -> bool:
        """Ask it whether it can be used."""
        if self.ready_url is None:
            return self.child is not None
        try:
            with urllib.request.urlopen(self.ready_url, timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)  # noqa: PLR2004
        except (urllib.error.URLError, OSError):
            return False

    def _bury(self, child: Child, code: int, now: float) -> str:
        """Clear up after a death and plan the next start; gives the report."""
        report = death_report(child, code)
        self.stop(0)
        self.deaths.append(now)
        while self.deaths[0] < now - WITHIN_S:
            self.deaths.popleft()
        if len(self.deaths) >= DEATHS_ALLOWED:
            raise Missing(f"{report}\n{self.name} died {DEATHS_ALLOWED} times within a minute.")
        pause = _FIRST_PAUSE_S * 2 ** (len(self.deaths) - 1)
        self.start_at = now + pause
        return f"{report}\nStarting {self.name} again in {pause:g} s."


def death_report(child: Child, code: int) -> str:
    """Say how a child ended, with its last lines."""
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    tail = "".join(f"\n  | {line[:_LONGEST_LINE]}" for line in child.last_lines(8))
    return f"{child.name} {how}; its last lines in {child.log}:{tail or ' none'}"


def wait_ready(services: Sequence[Service], seconds: float, pause: Callable[[float], None]) -> bool:
    """Wait for services, tending them meanwhile; says whether all became ready in time."""
    deadline = time.monotonic() + seconds
    while not all(service.is_ready() for service in services):
        if time.monotonic() > deadline:
            return False
        pause(0.2)
    return True

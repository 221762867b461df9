"""A child process: its own process group, its own log file, and no life after its parent's."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from touchstone.local.watchdog import Watchdog

LOG_LIMIT_BYTES = 5_000_000
_TAIL_BYTES = 16_384


class Child:
    """One process that the runner started.

    Its output goes to `log`, which is kept below about twice LOG_LIMIT_BYTES by
    `bound_log`. The watchdog is told of it before anything else happens.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        log: Path,
        watchdog: Watchdog,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:  # appending, so that bound_log may truncate it
            self._log_start = output.tell()
            self._process = subprocess.Popen(  # noqa: S603
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C on the terminal is the parent's to handle
                env={**os.environ, **(env or {})},
            )
        watchdog.watch(self._process.pid)

    @property
    def pid(self) -> int:
        """The process id, which is the id of its group as well."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Give the exit code (negative: the signal that ended it), or None while it lives."""
        return self._process.poll()

    def stop(self, grace_s: float) -> None:
        """Ask the group to end, wait, and kill what is left of it."""
        self._signal_group(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_s)
        self._signal_group(signal.SIGKILL)
        self._process.wait()

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS: EPERM for a group of zombies
            return

    def last_lines(self, count: int) -> list[str]:
        """Give the last lines it wrote in this run."""
        size = self.log.stat().st_size
        start = max(size - _TAIL_BYTES, self._log_start if self._log_start <= size else 0)
        with self.log.open("rb") as log:
            log.seek(start)
            return log.read().decode("utf-8", "replace").splitlines()[-count:]

    def bound_log(self) -> None:
        """Keep the log file short: what is above the limit moves to `<log>.1`."""
        if self.log.stat().st_size > LOG_LIMIT_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(self.log.suffix + ".1"))
            os.truncate(self.log, 0)


def stop_all(children: Sequence[Child], grace_s: float) -> None:
    """Stop children one after the other, in the order given, within the grace each."""
    for child in children:
        child.stop(grace_s)


def wait_for_end(child: Child, seconds: float) -> int | None:
    """Wait for a short-lived child; gives its exit code, or None when it did not end in time."""
    deadline = time.monotonic() + seconds
    while child.exit_code() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return child.exit_code()

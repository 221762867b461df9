"""No orphans, even after `kill -9` of the parent: a small process that outlives it just enough.

The watchdog reads process ids from a pipe that only the parent holds open. When the parent
ends, however it ends, the pipe closes; the watchdog then stops, last started first, the groups
it was told of and that were not withdrawn. It works on Linux and macOS alike.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import TextIO

_GRACE_S = 10.0


class Watchdog:
    """The parent's end: tells the watchdog which groups to stop should the parent vanish."""

    def __init__(self, keep_open: Sequence[int] = ()) -> None:
        """Start it; file descriptors in `keep_open` stay open until it has ended as well."""
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-S", "-E", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=keep_open,
            text=True,
        )

    def watch(self, pid: int) -> None:
        """Add a process group."""
        self._tell(f"+{pid}")

    def forget(self, pid: int) -> None:
        """Withdraw a process group that has ended, as its id may be given to others."""
        self._tell(f"-{pid}")

    def close(self) -> None:
        """End the watchdog; groups that were not withdrawn are stopped by it first."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return  # somebody killed the watchdog; the parent still stops its children itself


def _read(lines: TextIO) -> list[int]:
    """Read until the parent is gone; gives the groups left, in the order they were started."""
    watched: list[int] = []
    for line in lines:
        pid = int(line[1:])
        if line.startswith("+"):
            watched.append(pid)
        elif pid in watched:
            watched.remove(pid)
    return watched


def _signal(group: int, number: int) -> bool:
    """Send a signal to a group; says whether there was one."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _lives(group: int) -> bool:
    """Say whether the leader of a group lives; one that only waits to be reaped does not."""
    try:
        with open(f"/proc/{group}/stat", encoding="ascii", errors="replace") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:  # ended, or a system without /proc, where zombies take no signal
        return _signal(group, 0)


def _stop(group: int) -> None:
    deadline = time.monotonic() + _GRACE_S
    _signal(group, signal.SIGTERM)
    while _lives(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    _signal(group, signal.SIGKILL)


if __name__ == "__main__":
    for _group in reversed(_read(sys.stdin)):
        _stop(_group)

"""A running `touchstone up`, as a test sees it: what it prints, its processes, its API."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from touchstone.local import ports


class Up:
    """One `up`, with ports of its own."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.directory = directory
        self.port, self.kafka_port = ports.choose_free(2)
        where = ["--data-dir", str(directory), "--port", str(self.port)]
        argv = [sys.executable, "-m", "touchstone", "up", *where]
        self.process = subprocess.Popen(
            [*argv, "--kafka-port", str(self.kafka_port), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, pattern: str, seconds: float = 120) -> str:
        """Wait until a line matches; gives it."""
        found: list[str] = []

        def is_there() -> bool:
            found[:] = [line for line in self.lines if re.search(pattern, line)]
            return bool(found)

        self.until(is_there, seconds, pattern)
        return found[0]

    def until(self, holds: Callable[[], bool], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, f"no {what}:\n{self.output}"
            time.sleep(0.1)

    def children(self) -> list[psutil.Process]:
        """Give all live processes that work on this data directory, but `up` itself."""
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            arguments = process.info["cmdline"] or []
            is_ours = any(self._names(text) for text in arguments)
            if is_ours and process.pid != self.process.pid and process.info["status"] != "zombie":
                found.append(process)
        return found

    def _names(self, argument: str) -> bool:
        return str(self.directory) in argument or f"127.0.0.1:{self.kafka_port}" in argument

    def child(self, word: str) -> psutil.Process:
        [found] = [child for child in self.children() if word in child.info["cmdline"]]
        return found

    def stats(self) -> dict[str, Any]:
        token = (self.directory / "admin-token").read_text().strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/stats",
            headers={"authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            totals: dict[str, Any] = json.load(answer)
        return totals

    def end(self, number: int = signal.SIGTERM, seconds: float = 90) -> int:
        """Send a signal and wait for the end; gives the exit code."""
        os.kill(self.process.pid, number)
        return self.wait(seconds)

    def wait(self, seconds: float = 90) -> int:
        code = self.process.wait(seconds)
        self._reader.join(10)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))


@contextmanager
def running_up(directory: Path, *options: str) -> Iterator[Up]:
    """Run `up`; whatever the test did, nothing of it is left afterwards."""
    up = Up(directory, *options)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.process.kill()
            up.process.wait()
        for child in up.children():
            child.kill()

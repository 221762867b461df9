"""How the runner is asked to stop: a flag that signals set and every wait looks at.

A signal never raises in the middle of a step, so no child is started and then forgotten.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType

from touchstone.errors import Interrupted


class Stop:
    """Asked to stop or not; waits that end early when asked."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        """Ask to stop; asking again changes nothing."""
        self._asked.set()

    def check(self) -> None:
        """Raise Interrupted when asked to stop."""
        if self._asked.is_set():
            raise Interrupted

    def sleep(self, seconds: float) -> None:
        """Wait; raises Interrupted at once when asked to stop."""
        if self._asked.wait(seconds):
            raise Interrupted

    def on_signals(self) -> None:
        """Let SIGINT, SIGTERM and SIGHUP ask to stop, however often they come."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.ask()

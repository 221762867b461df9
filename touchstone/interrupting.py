"""SIGINT and SIGTERM to a command that is at work: one sentence, and exit 130 or 143."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, TypeVar

from touchstone.errors import Stopped

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
UNFINISHED: Final = "the work was not finished."

T = TypeVar("T")


@contextmanager
def stoppable(left: str = UNFINISHED) -> Iterator[None]:
    """Let a signal raise Stopped in here; `left` says, as a clause, what the work leaves behind."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise Stopped(left, number)

    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run like asyncio.run. A signal cancels the work, a second one also what it does to end well.

    Raises Stopped: the work's own, which says what it leaves behind, or else a general one.
    """
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        return asyncio.run(_watched(work))
    finally:  # a closed event loop leaves the signals as they are by default
        for number, handler in before.items():
            signal.signal(number, handler)


async def _watched(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.ensure_future(work)
    came: list[int] = []

    def stop(number: int) -> None:
        came.append(number)
        task.cancel()

    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        return await task
    except Stopped as stopped:
        raise Stopped(stopped.left, came[0] if came else signal.SIGINT) from None
    except asyncio.CancelledError:
        if came:
            raise Stopped(UNFINISHED, came[0]) from None
        raise

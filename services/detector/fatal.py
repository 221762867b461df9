"""The end of the process: one clear line, and nothing acknowledged."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final, NoReturn, ParamSpec, TypeVar

import structlog

from services.detector.errors import DetectorError
from topics.reach import NOT_ALLOWED, not_allowed

_P = ParamSpec("_P")
_R = TypeVar("_R")

EXIT_FAULT: Final = 70

_log = structlog.get_logger("touchstone.detector")


def end_process(during: str, fault: BaseException) -> NoReturn:
    """Say what happened and end at once, without cleaning up.

    An open transaction is left to the broker, which aborts it; the next owner of the
    partitions rebuilds the state from the log. Going on after a fault could tear the two apart.
    """
    denied = isinstance(fault, NOT_ALLOWED)
    expected = denied or isinstance(fault, DetectorError)
    _log.critical(
        "detector_stopped",
        during=during,
        fault=type(fault).__name__,
        reason=not_allowed(fault) if denied else str(fault) or repr(fault),
        exc_info=None if expected else fault,
    )
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(EXIT_FAULT)


def ends_the_process(
    during: str,
) -> Callable[[Callable[_P, Coroutine[Any, Any, _R]]], Callable[_P, Coroutine[Any, Any, _R]]]:
    """Make any exception of a coroutine function end the process; cancellation passes.

    For callbacks of Faust and aiokafka, which log what is raised and go on.
    """

    def decorate(
        function: Callable[_P, Coroutine[Any, Any, _R]],
    ) -> Callable[_P, Coroutine[Any, Any, _R]]:
        @functools.wraps(function)
        async def guarded(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            try:
                return await function(*args, **kwargs)
            except asyncio.CancelledError:
                raise
            except Exception as fault:  # noqa: BLE001 - the process ends with it
                end_process(during, fault)

        return guarded

    return decorate

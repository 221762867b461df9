"""Logging of the service: one structured line an occurrence, and no storms."""

from __future__ import annotations

import logging
import sys
import time
from typing import Final

import structlog

_BURST: Final = 3
_WINDOW_S: Final = 30.0
# Faust names the loggers of its services after the modules of our subclasses.
_FOREIGN: Final = ("aiokafka", "faust", "mode", "asyncio", "services.detector.transport")


class RateLimit(logging.Filter):
    """Lets the same message of the same logger through a few times in a while, then counts.

    In an outage aiokafka repeats itself thousands of times a minute.
    """

    def __init__(self, burst: int = _BURST, window_s: float = _WINDOW_S) -> None:
        super().__init__()
        self._burst = burst
        self._window_s = window_s
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether to let a record through; the first after a silence tells its length."""
        key = (record.name, str(record.msg))
        began, count = self._seen.get(key, (0.0, 0))
        now = time.monotonic()
        if now - began > self._window_s:
            self._seen[key] = (now, 1)
            if count > self._burst:
                record.msg = f"{record.msg} (and {count - self._burst} more like it before)"
            return True
        self._seen[key] = (began, count + 1)
        return count < self._burst


def configure(*, json: bool | None = None) -> None:
    """Send all logs to standard error, as JSON lines unless it is a terminal."""
    as_json = not sys.stderr.isatty() if json is None else json
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(as_json=as_json),
            ],
        )
    )
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.INFO)
    for name in _FOREIGN:
        logging.getLogger(name).setLevel(logging.WARNING)
    handler.addFilter(_ForeignOnly(RateLimit()))


def _rendering(*, as_json: bool) -> list[structlog.typing.Processor]:
    if as_json:
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return [structlog.dev.ConsoleRenderer()]


class _ForeignOnly(logging.Filter):
    """Applies a filter to the loggers of libraries alone."""

    def __init__(self, inner: logging.Filter) -> None:
        super().__init__()
        self._inner = inner

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.name.startswith(_FOREIGN) or bool(self._inner.filter(record))

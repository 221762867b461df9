"""The services' logs: one JSON object a line on standard error, or plain lines on a terminal."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def to_standard_error() -> None:
    """Set up structlog and the standard library's logging for a service."""
    shared: list[Any] = [
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
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_form()],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    # Libraries tell every step of theirs; the services log what comes of it.
    for library in ("aiokafka", "uvicorn"):
        logging.getLogger(library).setLevel(logging.WARNING)


def _form() -> list[Any]:
    if sys.stderr.isatty():
        return [structlog.dev.ConsoleRenderer()]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]

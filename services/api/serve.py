"""Runs the API until it is told to stop or can no longer be current."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from fastapi import FastAPI

from services.api.app import create_app
from services.api.context import Context
from services.api.errors import ApiError, FollowerEnded, PortTaken
from services.api.settings import ApiSettings
from topics.errors import BrokerError

_log = structlog.get_logger()

_GRACE_S = 3


class _Server(uvicorn.Server):
    """A server that ends its streams when it is told to stop, and then simply returns."""

    context: Context

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop in order at SIGINT and SIGTERM."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def stop(self) -> None:
        """Stop serving; open streams end at once, so nothing waits for them."""
        self.should_exit = True
        self.context.hub.close()


def run(settings: ApiSettings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises BrokerError when Kafka or its topics are not there, and ApiError: the service must not
    or cannot start (OpenToTheNetwork, PortTaken, StoreTooNew), or it can no longer be current
    (FollowerEnded, Unreadable).
    """
    settings.checked()
    with _bound(settings) as listener:
        asyncio.run(_serve(settings, listener))


async def _serve(settings: ApiSettings, listener: socket.socket) -> None:
    ended = asyncio.Event()
    server = _server(create_app(settings, on_fault=ended.set))
    _log.info("api_listens", host=settings.host, port=listener.getsockname()[1])
    stopper = asyncio.create_task(_stop_after(ended, server))
    await server.serve(sockets=[listener])
    stopper.cancel()
    fault = server.context.fault
    if fault is not None:
        raise _told(fault) from fault


async def _stop_after(ended: asyncio.Event, server: _Server) -> None:
    await ended.wait()
    server.stop()


def _server(app: FastAPI) -> _Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        # Paths hold customers' ids, and the console's first address the token.
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config)
    server.context = app.state.context
    return server


def _bound(settings: ApiSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as fault:
        raise PortTaken(
            f"The API cannot listen on {settings.host}:{settings.port} ({fault.strerror}): "
            "stop what listens there, or give another port with --port."
        ) from fault


def _told(fault: BaseException) -> Exception:
    """Give the fault that a person should hear of."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    if isinstance(fault, ApiError | BrokerError):
        return fault
    return FollowerEnded(
        f"The read model is no longer kept up to date ({type(fault).__name__}: {fault}); "
        "start the API again, it goes on where it was."
    )

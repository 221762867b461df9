"""The FastAPI application: routes, access, errors, and the follower beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import structlog
from fastapi import FastAPI

from services.api import pages, problems
from services.api.access import Gate
from services.api.context import Context
from services.api.head import Head
from services.api.headers import SecurityHeaders
from services.api.measure import Measure
from services.api.routes import alerts, customers, health, models, moments, stats, stream
from services.api.settings import ApiSettings

_log = structlog.get_logger()

_ROUTERS = (customers, moments, alerts, models, stats, stream, health, pages)


def create_app(settings: ApiSettings, on_fault: Callable[[], None] | None = None) -> FastAPI:
    """Make the application; it follows Kafka while it serves.

    When the follower ends by a fault, the streams end, `/healthz` fails and `on_fault` is
    called: whoever serves the application should end the process. Raises OpenToTheNetwork,
    StoreTooNew, and ModelError for a model that is not valid.
    """
    context = Context(settings.checked())

    @asynccontextmanager
    async def follow(_app: FastAPI) -> AsyncIterator[None]:
        await context.open()
        task = asyncio.create_task(context.follower.run())
        task.add_done_callback(partial(_ended, context, on_fault))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task
        await context.close()

    return wire(context, follow)


def wire(context: Context, lifespan: Callable[..., object] | None = None) -> FastAPI:
    """Put the application together around a context."""
    app = FastAPI(
        title="Touchstone",
        summary="Which customers are in a moment of truth, and whether it is being met.",
        version="1",
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,  # type: ignore[arg-type]
    )
    app.state.context = context
    for module in _ROUTERS:
        app.include_router(module.router)
    app.mount("/static", pages.static_files)
    problems.install(app)
    # The last one added is the outermost.
    app.add_middleware(Gate, settings=context.settings)
    app.add_middleware(Measure, metrics=context.metrics)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Head)
    return app


def _ended(context: Context, on_fault: Callable[[], None] | None, task: asyncio.Task[None]) -> None:
    """Note why the follower ended, unless it was told to."""
    if task.cancelled():
        return
    context.fault = task.exception()
    _log.error("follower_ended", fault=repr(context.fault), exc_info=context.fault)
    context.hub.close()
    if on_fault:
        on_fault()

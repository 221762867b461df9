"""Counts and times requests, as pure ASGI middleware."""

from __future__ import annotations

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.metrics import Metrics


class Measure:
    """Observes each request under its route, never its path: paths hold customers' ids."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and observe the start of its answer."""
        began = perf_counter()

        async def observe(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "none")
                self._metrics.requests.labels(scope["method"], route, message["status"]).inc()
                self._metrics.request_seconds.labels(route).observe(perf_counter() - began)
            await send(message)

        await self._app(scope, receive, observe if scope["type"] == "http" else send)

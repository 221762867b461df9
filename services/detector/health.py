"""The worker's own port: /metrics, /healthz, /readyz."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.detector.errors import NotReady


class HealthPort:
    """Serves on its own while the worker starts, recovers and works.

    `unready` says why the worker is not ready, None when it is.
    """

    def __init__(self, host: str, port: int, unready: Callable[[], str | None]) -> None:
        self._host = host
        self._port = port
        self._unready = unready
        self._runner: web.AppRunner | None = None

    async def start(self) -> int:
        """Listen and give the port. Raises NotReady where it is taken."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._metrics),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            raise NotReady(
                f"cannot listen on {self._host}:{self._port} for health and metrics "
                f"({error.strerror}); choose another port with --http-port"
            ) from error
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _readyz(self, _request: web.Request) -> web.Response:
        reason = self._unready()
        if reason is None:
            return web.json_response({"status": "ready"})
        return web.json_response({"status": "not ready", "reason": reason}, status=503)

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

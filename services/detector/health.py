"""The worker's own port: /metrics, /healthz, /readyz."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.detector.errors import NotReady
from services.loopback import is_loopback


class HealthPort:
    """Serves on its own while the worker starts, recovers and works.

    `unready` says why the worker is not ready, None when it is. Beyond loopback, `token` is
    needed, and /metrics wants it as `Authorization: Bearer`.
    """

    def __init__(
        self, host: str, port: int, unready: Callable[[], str | None], token: str | None = None
    ) -> None:
        self._host = host
        self._port = port
        self._unready = unready
        self._token = None if is_loopback(host) else token or ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> int:
        """Listen and give the port. Raises NotReady where it is taken, or a token is missing."""
        if self._token == "":
            raise NotReady(
                f"metrics were to be served on {self._host} without a token, to the whole "
                "network: set TOUCHSTONE_TOKEN, or use --http-host 127.0.0.1"
            )
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

    async def _metrics(self, request: web.Request) -> web.Response:
        if not self._may_see(request):
            challenge = {"WWW-Authenticate": 'Bearer realm="touchstone"'}
            return web.json_response({"status": "a token is needed"}, status=401, headers=challenge)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _may_see(self, request: web.Request) -> bool:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if self._token is None:
            return True
        known = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._token.encode())
        return scheme.lower() == "bearer" and known

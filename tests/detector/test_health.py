"""The worker's own port."""

from __future__ import annotations

import httpx
import pytest

from services.detector.errors import NotReady
from services.detector.health import HealthPort


async def test_worker_beyond_loopback_does_not_start_without_a_token() -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        for token in (None, ""):
            with pytest.raises(NotReady, match="TOUCHSTONE_TOKEN"):
                await HealthPort(host, 0, lambda: None, token).start()


async def test_metrics_beyond_loopback_want_the_token_and_health_does_not() -> None:
    health = HealthPort("0.0.0.0", 0, lambda: "recovering", "right")
    base = f"http://127.0.0.1:{await health.start()}"
    try:
        async with httpx.AsyncClient(base_url=base) as client:
            for wrong in ("", "Bearer", "Bearer wrong", "Basic right", "right", "Bearer \u00e9"):
                headers = {b"authorization": wrong.encode("latin-1")}
                answer = await client.get("/metrics", headers=headers)
                assert answer.status_code == 401, wrong
                assert "Bearer" in answer.headers["www-authenticate"]
            right = {"authorization": "Bearer right"}
            assert "touchstone_" in (await client.get("/metrics", headers=right)).text
            assert (await client.get("/healthz")).status_code == 200
            assert (await client.get("/readyz")).status_code == 503
    finally:
        await health.stop()


async def test_metrics_on_loopback_are_open_whatever_the_token() -> None:
    health = HealthPort("127.0.0.1", 0, lambda: None, "right")
    base = f"http://127.0.0.1:{await health.start()}"
    try:
        async with httpx.AsyncClient(base_url=base) as client:
            assert (await client.get("/metrics")).status_code == 200
    finally:
        await health.stop()

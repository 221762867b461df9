from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from services.api import ApiSettings, run
from services.api.errors import OpenToTheNetwork
from tests.api.conftest import client_of, opened
from topics.connection import Connection

TOKEN = "right-token"
CLOSED = [
    "/",
    "/api/v1/alerts",
    "/api/v1/customers",
    "/api/v1/customers/person:u1",
    "/api/v1/models",
    "/api/v1/moments",
    "/api/v1/stats",
    "/api/v1/stream",
    "/customers/person:u1",
    "/metrics",
    "/no-such-address",
    "/openapi.json",
]


@pytest.fixture
def locked(tmp_path: Path) -> ApiSettings:
    return ApiSettings(bootstrap=Connection("127.0.0.1:1"), data_dir=tmp_path, token=TOKEN)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", "127.example.org"])
def test_a_public_address_without_a_token_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(OpenToTheNetwork, match="without a token"):
        run(ApiSettings(bootstrap=Connection("127.0.0.1:1"), data_dir=tmp_path, host=host))


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic right-token", "Bearer", TOKEN])
async def test_nothing_is_told_without_the_token(locked: ApiSettings, header: str | None) -> None:
    headers = {"authorization": header} if header else {}
    async with opened(locked) as context, client_of(context) as client:
        for path in CLOSED:
            answer = await client.get(path, headers=headers)
            assert answer.status_code == 401, path
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert TOKEN not in answer.text


async def test_the_token_opens_everything_but_the_routes_that_do_not_exist(
    locked: ApiSettings,
) -> None:
    async with opened(locked) as context, client_of(context) as client:
        headers = {"authorization": f"Bearer {TOKEN}"}
        assert (await client.get("/api/v1/stats", headers=headers)).status_code == 200
        assert (await client.get("/metrics", headers=headers)).status_code == 200
        assert (await client.get("/no-such-address", headers=headers)).status_code == 404


async def test_health_is_open(locked: ApiSettings) -> None:
    async with opened(locked) as context, client_of(context) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503


async def test_metrics_are_open_where_the_settings_say_so(tmp_path: Path) -> None:
    settings = ApiSettings(
        bootstrap=Connection("127.0.0.1:1"), data_dir=tmp_path, token=TOKEN, open_metrics=True
    )
    async with opened(settings) as context, client_of(context) as client:
        assert (await client.get("/metrics")).status_code == 200


async def test_the_console_trades_the_token_for_a_cookie_that_opens_the_api(
    locked: ApiSettings,
) -> None:
    async with opened(locked) as context, client_of(context) as client:
        traded = await client.get(f"/?token={TOKEN}")
        cookie = traded.headers["set-cookie"].lower()
        assert (traded.status_code, traded.headers["location"]) == (303, "/")
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert TOKEN not in cookie
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/api/v1/stats")).status_code == 200


async def test_a_wrong_token_in_the_address_or_the_cookie_gets_nothing(
    locked: ApiSettings,
) -> None:
    async with opened(locked) as context, client_of(context) as client:
        answer = await client.get("/?token=wrong")
        assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
        name = (await client.get(f"/?token={TOKEN}")).headers["set-cookie"].split("=")[0]
        client.cookies.clear()
        answer = await client.get("/api/v1/stats", headers={"cookie": f"{name}=wrong"})
        assert answer.status_code == 401


async def test_a_person_without_the_token_is_told_how_to_get_in(locked: ApiSettings) -> None:
    async with opened(locked) as context, client_of(context) as client:
        answer = await client.get("/", headers={"accept": "text/html"})
    assert answer.status_code == 401
    assert "touchstone up" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.evil.example:80", ""])
async def test_without_a_token_only_the_names_of_this_machine_are_answered(
    client: httpx.AsyncClient, host: str
) -> None:
    answer = await client.get("/api/v1/stats", headers={"host": host})
    assert answer.status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:80", "[::1]:8080"])
async def test_without_a_token_this_machine_is_answered(
    client: httpx.AsyncClient, host: str
) -> None:
    assert (await client.get("/api/v1/stats", headers={"host": host})).status_code == 200

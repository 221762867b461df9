"""The API without a broker: an empty read model in a directory of its own."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from services.api import ApiSettings
from services.api.app import wire
from services.api.context import Context
from services.api.readmodel.resume import start_anew
from topics.connection import Connection


@asynccontextmanager
async def opened(settings: ApiSettings) -> AsyncIterator[Context]:
    """Open the read model of these settings, numbering its stream if nobody has."""
    context = Context(settings)
    await context.open()
    if not context.hub.epoch:
        await context.database.write(lambda s: start_anew(s, "cluster"))
        await context.open()
    try:
        yield context
    finally:
        await context.close()


def client_of(context: Context) -> httpx.AsyncClient:
    """Talk to the application in this process; faults come back as the server would say them."""
    transport = httpx.ASGITransport(wire(context), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


@pytest.fixture
def settings(tmp_path: Path) -> ApiSettings:
    return ApiSettings(bootstrap=Connection("127.0.0.1:1"), data_dir=tmp_path)


@pytest.fixture
async def context(settings: ApiSettings) -> AsyncIterator[Context]:
    async with opened(settings) as context:
        yield context


@pytest.fixture
async def client(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(context) as client:
        yield client


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port

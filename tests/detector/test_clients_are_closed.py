"""A client that cannot start is closed all the same: the next attempt makes another one."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.api.readmodel import log
from services.detector import DetectorSettings, permissions, startup
from tests.detector.deployment import free_port
from topics.connection import Connection
from topics.errors import BrokerUnreachable
from topics.security import Sasl, Secret


def unclosed() -> set[int]:
    kinds = (AIOKafkaConsumer, AIOKafkaAdminClient)
    return {id(one) for one in gc.get_objects() if isinstance(one, kinds) and not one._closed}


def settings() -> DetectorSettings:
    nobody = Connection(f"127.0.0.1:{free_port()}", Sasl("PLAIN", "detector", Secret("x")))
    return DetectorSettings(bootstrap=nobody, data_dir=Path(), models=())


@pytest.mark.parametrize(
    "ask", [startup.check_topics, startup._describe_changelog, permissions.require_permissions]
)
async def test_what_a_worker_asks_at_its_start(
    ask: Callable[[DetectorSettings], Awaitable[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def allowed(_: DetectorSettings) -> None:
        """Let the group pass, as a broker does that goes away after it."""

    monkeypatch.setattr(permissions, "_require_group", allowed)
    before = unclosed()
    with pytest.raises((KafkaError, BrokerUnreachable)) as raised:
        await ask(settings())
    assert raised.tb is not None  # it holds the frames, and they the clients
    assert not unclosed() - before


async def test_what_the_api_reads_with() -> None:
    before = unclosed()
    with pytest.raises(ValueError, match="port") as raised:
        await log.connect(Connection("no-address:port"))
    assert raised.tb is not None
    assert not unclosed() - before

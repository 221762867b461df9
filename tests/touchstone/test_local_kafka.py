"""The local Kafka, where a running one shows it and no other test does."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from tests.conftest import running_kafka


@pytest.mark.broker
def test_a_cluster_id_may_begin_with_a_hyphen(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = SimpleNamespace(bytes=b"\xf8" + bytes(15))
    monkeypatch.setattr("touchstone.local.kafka.uuid.uuid4", lambda: chosen)
    with running_kafka() as bootstrap:
        assert bootstrap.startswith("127.0.0.1:")


async def test_offsets_outlast_any_pause(kafka_bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    try:
        [found] = await admin.describe_configs([ConfigResource(ConfigResourceType.BROKER, "1")])
    finally:
        await admin.close()
    [(*_, entries)] = found.resources
    [minutes] = [int(value) for name, value, *_ in entries if name == "offsets.retention.minutes"]
    assert minutes >= 100 * 365 * 24 * 60

"""The local Kafka, where a running one shows it and no other test does."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.conftest import running_kafka


@pytest.mark.broker
def test_a_cluster_id_may_begin_with_a_hyphen(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = SimpleNamespace(bytes=b"\xf8" + bytes(15))
    monkeypatch.setattr("touchstone.local.kafka.uuid.uuid4", lambda: chosen)
    with running_kafka() as bootstrap:
        assert bootstrap.startswith("127.0.0.1:")

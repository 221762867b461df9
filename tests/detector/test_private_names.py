"""The private names of other packages that the transport relies on: fails when one is gone."""

from __future__ import annotations

import inspect
from importlib.metadata import version
from typing import Any

import aiokafka
import aiokafka.producer.sender
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.consumer import fetcher
from aiokafka.consumer.fetcher import Fetcher
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.consumer.subscription_state import Assignment, TopicPartitionState
from aiokafka.protocol.api import Request
from aiokafka.record.default_records import _DefaultRecordBatchPy
from faust import App, Worker
from faust.stores.base import Store
from faust.tables.base import Collection
from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery
from faust.transport.consumer import Consumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.transport.drivers.aiokafka import Consumer as Driver

PINNED = {"faust-streaming": "0.15.3", "aiokafka": "0.14.0"}

METHODS: list[tuple[type, str, list[str]]] = [
    (Driver, "_new_consumer_thread", ["self"]),
    (Driver, "_to_message", ["self", "tp", "record"]),
    (Driver, "verify_event_path", ["self", "now", "tp"]),
    (Consumer, "_getmany", ["self", "active_partitions", "timeout"]),
    (Consumer, "ack", ["self", "message"]),
    (Consumer, "_filter_tps_with_pending_acks", ["self", "topics"]),
    (Consumer, "_add_gap", ["self", "tp", "offset_from", "offset_to"]),
    (Consumer, "resume_partitions", ["self", "tps"]),
    (Consumer, "perform_seek", ["self"]),
    (Consumer, "wait_empty", ["self"]),
    (Consumer, "on_partitions_revoked", ["self", "revoked"]),
    (Consumer, "on_partitions_assigned", ["self", "assigned", "generation_id"]),
    (AIOKafkaConsumerThread, "_create_worker_consumer", ["self", "transport"]),
    (
        AIOKafkaConsumerThread,
        "_fetch_records",
        ["self", "consumer", "active_partitions", "timeout", "max_records"],
    ),
    (AIOKafkaConsumerThread, "_ensure_consumer", ["self"]),
    (App, "_new_transport", ["self"]),
    (App, "on_rebalance_end", ["self"]),
    (App, "crash", ["self", "reason"]),
    (Worker, "install_signal_handlers", ["self"]),
    (Collection, "_new_store_by_url", ["self", "url"]),
    (Store, "on_rebalance", ["self", "assigned", "revoked", "newly_assigned", "generation_id"]),
    (AIOKafkaAdminClient, "_send_request", ["self", "request", "node_id"]),
    (Request, "build", ["self", "request_struct_class"]),
    (TableManager, "on_rebalance", ["self", "assigned", "revoked", "newly_assigned"]),
    (GroupCoordinator, "fetch_committed_offsets", ["self", "partitions"]),
    (Assignment, "state_value", ["self", "tp"]),
]


@pytest.mark.parametrize("package", PINNED)
def test_pinned_version_is_installed(package: str) -> None:
    assert version(package) == PINNED[package], (
        f"the transport was proven with {package} {PINNED[package]}: go through "
        "services/detector/transport and the broker tests before another version is taken"
    )


@pytest.mark.parametrize(("owner", "name", "parameters"), METHODS)
def test_overridden_method_has_its_form(owner: type, name: str, parameters: list[str]) -> None:
    method: Any = getattr(owner, name)
    assert list(inspect.signature(method).parameters)[: len(parameters)] == parameters


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Consumer.__init__, "_read_offset"),
        (Consumer.__init__, "_buffered_partitions"),
        (Consumer.__init__, "_committed_offset"),
        (Consumer.__init__, "_unacked_messages"),
        (Recovery.__init__, "active_offsets"),
        (Recovery.__init__, "active_tps"),
        (aiokafka.AIOKafkaConsumer.__init__, "_isolation_level"),
        (aiokafka.AIOKafkaConsumer.__init__, "_fetch_max_wait_ms"),
        (aiokafka.AIOKafkaConsumer.__init__, "_subscription"),
        (aiokafka.AIOKafkaConsumer.start, "_coordinator"),
        (aiokafka.AIOKafkaConsumer.start, "_isolation_level"),
        (aiokafka.AIOKafkaConsumer.start, "_fetch_max_wait_ms"),
    ],
)
def test_attribute_that_is_read_or_set_exists(owner: Any, name: str) -> None:
    assert name in owner.__code__.co_names


def test_positions_can_be_read() -> None:
    assert isinstance(TopicPartitionState.has_valid_position, property)
    assert isinstance(TopicPartitionState.position, property)


def test_batches_that_stock_aiokafka_cannot_decode_go_through_our_own() -> None:
    """`topics.headers` for every reader; without the C extensions these names are the same."""
    import topics.headers  # noqa: PLC0415

    assert fetcher.MemoryRecords is topics.headers._Batches
    assert fetcher.PartitionRecords is topics.headers._Records
    assert "MemoryRecords" in Fetcher._proc_fetch_request.__code__.co_names
    assert "PartitionRecords" in Fetcher._proc_fetch_request.__code__.co_names
    [stock] = topics.headers._Records.__bases__
    assert {"_unpack_records", "_records"} <= set(stock.__init__.__code__.co_names)
    assert "_buffer" in _DefaultRecordBatchPy._maybe_uncompress.__code__.co_names


def test_backoff_between_transactions_is_ours() -> None:
    import services.detector.transport.transactions  # noqa: F401, PLC0415

    assert aiokafka.producer.sender.BACKOFF_OVERRIDE == 0.002

"""Asking the broker what identifies the changelog; aiokafka knows no request that tells it."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    AbstractType,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from services.detector.stores.fitness import Changelog

_RETENTION: Final = "delete.retention.ms"
_UUID_BYTES: Final = 16


async def describe(client: AIOKafkaAdminClient, topic: str) -> Changelog:
    """Give the id of a topic and how long it keeps tombstones.

    Raises KafkaError; NotImplementedError where the broker is older than Apache Kafka 2.8.
    """
    answer = (await client._send_request(_Ask(topic))).to_object()  # noqa: SLF001
    [found] = answer["topics"]
    _expect_none(found["error_code"])
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic)]
    [configs] = await client.describe_configs(asked)
    [(code, *_, entries)] = configs.resources
    _expect_none(code)
    [retention] = [int(value) for name, value, *_ in entries if name == _RETENTION]
    return Changelog(found["topic_id"].hex(), retention)


def _expect_none(code: int) -> None:
    """Raise the error of this code; a topic that was just made is not known everywhere at once."""
    if code:
        raise for_code(code)


class _Uuid(AbstractType[bytes]):  # type: ignore[misc]
    @classmethod
    def encode(cls, value: bytes) -> bytes:
        return value

    @classmethod
    def decode(cls, data: BytesIO) -> bytes:
        return data.read(_UUID_BYTES)


_NAME: Final = CompactString("utf-8")
_PARTITION: Final = (
    ("error_code", Int16), ("partition", Int32), ("leader", Int32), ("leader_epoch", Int32),
    ("replicas", CompactArray(Int32)), ("isr", CompactArray(Int32)),
    ("offline_replicas", CompactArray(Int32)), ("tags", TaggedFields),
)  # fmt: skip
_TOPIC: Final = (
    ("error_code", Int16), ("topic", _NAME), ("topic_id", _Uuid), ("is_internal", Boolean),
    ("partitions", CompactArray(*_PARTITION)), ("authorized_operations", Int32),
    ("tags", TaggedFields),
)  # fmt: skip
_BROKER: Final = (
    ("node_id", Int32), ("host", _NAME), ("port", Int32), ("rack", _NAME), ("tags", TaggedFields),
)  # fmt: skip


class _Answer(Response):  # type: ignore[misc]
    """Metadata, version 10: the first with ids of topics."""

    API_KEY = 3
    API_VERSION = 10
    SCHEMA = Schema(
        ("throttle_time_ms", Int32), ("brokers", CompactArray(*_BROKER)), ("cluster_id", _NAME),
        ("controller_id", Int32), ("topics", CompactArray(*_TOPIC)),
        ("authorized_operations", Int32), ("tags", TaggedFields),
    )  # fmt: skip


class _Asked(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY = 3
    API_VERSION = 10
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("name", _NAME), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean), ("cluster_authorized_operations", Boolean),
        ("topic_authorized_operations", Boolean), ("tags", TaggedFields),
    )  # fmt: skip


class _Ask(Request[_Asked]):  # type: ignore[misc]
    API_KEY = 3

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def build(self, request_struct_class: type[_Asked]) -> _Asked:
        nameless: dict[int, Any] = {}
        topics = [(bytes(_UUID_BYTES), self._topic, nameless)]
        neither_made_nor_judged = (False,) * 3
        return request_struct_class(topics, *neither_made_nor_judged, nameless)

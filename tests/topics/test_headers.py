"""A header's name that is not UTF-8 stops no reader: any producer can write one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.record.memory_records import MemoryRecords

from topics import headers
from topics.cluster import admin
from topics.connection import Connection

PLACE = TopicPartition("strange", 0)
FROM_THE_START = ((), 0, None, None, True, 0)  # check the sum, read uncommitted


class Name(str):
    """A header's name of any bytes."""

    __slots__ = ()

    def encode(self, *_: str) -> bytes:
        return b"\xff\xfe" if self == "bad" else str(self).encode()


def batch(base: int, count: int, bad: int | None = None, codec: int = 0) -> bytes:
    builder = _DefaultRecordBatchBuilderPy(
        magic=2, compression_type=codec, is_transactional=0,
        producer_id=-1, producer_epoch=-1, base_sequence=0, batch_size=1 << 20,
    )  # fmt: skip
    for number in range(count):
        names = [("x", None), (Name("bad"), b"\xff")] if number == bad else [("x", b"1")]
        builder.append(number, 1_000 + number, b"k", b"v%d" % (base + number), names)
    data = bytearray(builder.build())
    data[:8] = base.to_bytes(8, "big")  # not under the checksum
    return bytes(data)


def records(data: bytes) -> Iterator[tuple[int, bytes, object]]:
    found = headers._Records(PLACE, headers._Batches(data), *FROM_THE_START)
    return ((one.offset, one.value, one.headers) for one in found)


@pytest.mark.parametrize("codec", [0, 1])
@pytest.mark.parametrize("bad", [0, 2, 4])
def test_batch_with_a_strange_name_is_read_whole_and_once(bad: int, codec: int) -> None:
    data = batch(0, 3) + batch(3, 5, bad, codec) + batch(8, 2) + batch(10, 3, 0) + batch(13, 1)
    found = list(records(data))
    assert [offset for offset, *_ in found] == list(range(14))
    assert [value for _, value, _ in found] == [b"v%d" % n for n in range(14)]
    strange = {offset for offset, _, names in found if names != (("x", b"1"),)}
    assert strange == {3 + bad, 10}
    assert found[10][2] == (("x", None), ("\ufffd\ufffd", b"\xff"))


def test_without_this_such_a_batch_is_never_got_past() -> None:
    """When this fails, aiokafka has learnt it, and topics/headers.py can go."""
    [stock] = headers._Records.__bases__
    found = stock(PLACE, MemoryRecords(batch(0, 3, 1)), *FROM_THE_START)
    with pytest.raises(UnicodeDecodeError):
        list(found)


async def test_strange_name_is_read_from_a_broker(kafka_bootstrap: str) -> None:
    connection = Connection(kafka_bootstrap)
    settings = connection.client_settings()
    async with admin(connection) as client:
        await client.create_topics([NewTopic(PLACE.topic, 1, 1)])
    async with AIOKafkaProducer(**settings) as producer:
        await produce_strange(producer, PLACE.topic, 0, b"k", b"v")
        await producer.send_and_wait(PLACE.topic, b"after")
    async with AIOKafkaConsumer(**settings) as reader:
        reader.assign([PLACE])
        reader.seek(PLACE, 0)
        found = [await asyncio.wait_for(reader.getone(), 20) for _ in range(2)]
    assert [one.value for one in found] == [b"v", b"after"]


async def produce_strange(
    producer: AIOKafkaProducer, topic: str, partition: int, key: bytes, value: bytes
) -> None:
    """Send a message with a header whose name is no UTF-8."""
    builder = producer.create_batch()
    builder._builder = _DefaultRecordBatchBuilderPy(
        magic=2, compression_type=0, is_transactional=0,
        producer_id=-1, producer_epoch=-1, base_sequence=0, batch_size=1 << 20,
    )  # fmt: skip
    builder.append(timestamp=None, key=key, value=value, headers=[(Name("bad"), b"1")])
    await (await producer.send_batch(builder, topic, partition=partition))

"""Faults that `verify` finds, planted on a real broker."""

from __future__ import annotations

from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from journey.instant import HOUR
from services.detector.clock import Published
from tests.detector.deployment import Deployment
from tests.detector.proof import verified
from tests.detector.test_history import bought
from tests.detector.test_hops import now_ms
from topics.contracts import EVENTS_PURCHASE, GROUP


async def commit(bootstrap: str, place: TopicPartition, offset: int, clock: int) -> None:
    """Say, as a detector does, that all before an offset was folded."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=GROUP, enable_auto_commit=False
    )
    await consumer.start()
    consumer.assign([place])
    await consumer.commit({place: OffsetAndMetadata(offset, Published(clock).text())})
    await consumer.stop()


async def test_a_customer_of_whom_nothing_was_forwarded_at_all_is_found(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        await deployment.send_elsewhere([bought("ann", "Order Completed", now_ms())])
        await deployment.producer.flush()
        [record] = await deployment.read(EVENTS_PURCHASE)
        place = TopicPartition(record.topic, record.partition)
        await commit(fresh_kafka, place, record.offset + 1, record.timestamp + HOUR)
        found = await verified(fresh_kafka)
    where = f"{place.topic}/{place.partition}/{record.offset}"
    assert found.sentences == [f"lost: {where} was not forwarded to its customer's"]

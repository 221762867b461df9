"""The log as the read model finds it: the topics that are followed, from where to where."""

from __future__ import annotations

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.api.readmodel.records import FOLLOWED
from services.api.readmodel.resume import Resumed
from services.api.readmodel.writer import Place
from topics.cluster import admin, find_topics
from topics.connection import Connection
from topics.errors import TopicsWrong
from topics.reach import why_unreachable


class Extent(msgspec.Struct, frozen=True):
    """The first and the next offset of each partition, and the id of the cluster they are in."""

    cluster: str
    begins: dict[Place, int]
    ends: dict[Place, int]


async def connect(bootstrap: Connection) -> AIOKafkaConsumer:
    """Start a consumer without a group that sees what is committed. Raises BrokerUnreachable."""
    consumer = AIOKafkaConsumer(
        **bootstrap.client_settings(),
        client_id="touchstone-api",
        enable_auto_commit=False,
        isolation_level="read_committed",
        # A position that the log no longer has must end the process, never jump.
        auto_offset_reset="none",
    )
    try:
        await consumer.start()
    except BaseException as fault:
        await consumer.stop()
        if isinstance(fault, KafkaError):
            raise await why_unreachable(bootstrap, fault) from fault
        raise
    return consumer


async def extent_of(consumer: AIOKafkaConsumer, bootstrap: Connection) -> Extent:
    """Look at the topics that are followed. Raises TopicsWrong, BrokerUnreachable."""
    async with admin(bootstrap) as client:
        found = await find_topics(client)
        described = await client.describe_cluster()
    partitions = []
    for topic in FOLLOWED:
        if topic not in found:
            raise TopicsWrong(
                f"the topic {topic} does not exist on {bootstrap}: "
                f"make the topics with `touchstone topics create`{bootstrap.unless_hidden}"
            )
        partitions += [TopicPartition(topic, n) for n in range(found[topic].partitions)]
    begins = await consumer.beginning_offsets(partitions)
    ends = await consumer.end_offsets(partitions)
    return Extent(
        cluster=str(described["cluster_id"]),
        begins={(p.topic, p.partition): offset for p, offset in begins.items()},
        ends={(p.topic, p.partition): offset for p, offset in ends.items()},
    )


def rebuild_reason(resumed: Resumed, extent: Extent) -> str | None:
    """Say why the read model cannot be continued from this log; None when it can."""
    if not resumed.epoch:
        return "it is new"
    if resumed.cluster != extent.cluster:
        return "another Kafka cluster"
    for place, offset in sorted(resumed.offsets.items()):
        if place not in extent.ends or offset > extent.ends[place]:
            return f"{place[0]}/{place[1]} was made again: it ends before what has been read of it"
        if offset < extent.begins[place]:
            return f"{place[0]}/{place[1]} has forgotten records that were never read"
    return None

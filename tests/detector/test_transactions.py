"""What a worker finds of its own commits when it is given the same partitions again."""

from __future__ import annotations

from contextlib import AsyncExitStack

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.detector.records import Work
from services.detector.transport.transactions import Transactions
from topics.connection import Connection

GROUP = "fenced-again"
SOURCE = TopicPartition("fenced-again.source", 0)
CHANGELOG = TopicPartition("fenced-again.changelog", 0)
ROUNDS = 30


async def test_what_was_just_committed_shows_when_the_partitions_are_given_again(
    kafka_bootstrap: str,
) -> None:
    async with AsyncExitStack() as stack:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
        await admin.start()
        stack.push_async_callback(admin.close)
        await admin.create_topics([NewTopic(tp.topic, 1, 1) for tp in (SOURCE, CHANGELOG)])
        reader = AIOKafkaConsumer(
            bootstrap_servers=kafka_bootstrap, isolation_level="read_committed"
        )
        await reader.start()
        stack.push_async_callback(reader.stop)
        transactions = Transactions(GROUP, Connection(kafka_bootstrap), CHANGELOG.topic)
        stack.push_async_callback(transactions.close)
        await transactions.fence([0])
        for nth in range(1, ROUNDS + 1):
            last = await transactions.commit(
                Work(0, [], {b"key": b"state"}, {SOURCE.topic: nth}, "{}")
            )
            await transactions.fence([0])
            ends = await reader.end_offsets([CHANGELOG])
            committed = await admin.list_consumer_group_offsets(GROUP)
            assert last is not None
            assert ends[CHANGELOG] > last, "recovery would leave out what was just committed"
            assert committed[SOURCE].offset == nth, "what was just folded would be folded again"

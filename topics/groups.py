"""What a consumer group has committed, asked so that a broker's refusal is one.

aiokafka 0.14 takes an answer that is an error as a whole for one that nothing is committed, in
its admin client and in its consumer: who believes that folds all a second time, or calls
invented what was said. It relies on a name of aiokafka that is not public;
tests/detector/test_private_names.py has it.
"""

from __future__ import annotations

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.commit import OffsetFetchRequest
from aiokafka.structs import OffsetAndMetadata


async def committed(
    client: AIOKafkaAdminClient, group: str
) -> dict[TopicPartition, OffsetAndMetadata]:
    """Give the offsets of a group; partitions of which nothing is committed are absent.

    Raises KafkaError, also where the group's coordinator is only not ready yet.
    """
    coordinator = await client.find_coordinator(group)
    answer = await client._send_request(OffsetFetchRequest(group, None), coordinator)  # noqa: SLF001
    _expect_none(answer.error_code, group)
    found = {}
    for topic, partitions in answer.topics:
        for partition, offset, metadata, code in partitions:
            _expect_none(code, group)
            if offset >= 0:
                found[TopicPartition(topic, partition)] = OffsetAndMetadata(offset, metadata or "")
    return found


def _expect_none(code: int, group: str) -> None:
    if code:
        raise for_code(code)(group)

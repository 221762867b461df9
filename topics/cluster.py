"""Asking a Kafka cluster about topics, and making them, through aiokafka's admin client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    KafkaError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)

from topics.agreement import Found, FoundTopics
from topics.connection import Connection
from topics.contracts import Clock, Topic, load
from topics.errors import TopicsWrong
from topics.reach import why_unreachable

_ANSWER_WITHIN_MS: Final = 10_000
_LED_WITHIN_S: Final = 30.0
_LOOK_AGAIN_S: Final = 0.05
# The broker's own default: one node has one replica, a cluster what its owner chose.
_REPLICAS: Final = -1


@asynccontextmanager
async def admin(bootstrap: Connection) -> AsyncIterator[AIOKafkaAdminClient]:
    """Talk to the broker. Raises BrokerUnreachable, also out of the block."""
    client = AIOKafkaAdminClient(
        **bootstrap.client_settings(), request_timeout_ms=_ANSWER_WITHIN_MS
    )
    try:
        await _start(client, bootstrap)
        yield client
    except (KafkaError, OSError, TimeoutError) as error:
        raise await why_unreachable(bootstrap, error) from error
    finally:
        await client.close()


async def _start(client: AIOKafkaAdminClient, bootstrap: Connection) -> None:
    try:
        await client.start()
    except ValueError as error:
        # The only sign of an address that is none.
        raise await why_unreachable(bootstrap, error) from error


async def find_topics(client: AIOKafkaAdminClient) -> FoundTopics:
    """Look up those topics of the contracts that the cluster has."""
    # All topics are asked for: naming one would make it where brokers create on demand.
    counts = {
        topic["topic"]: len(topic["partitions"])
        for topic in await client.describe_topics()
        if topic["topic"] in load()
    }
    configs = await _configs(client, list(counts)) if counts else {}
    # A topic may be deleted between the two questions.
    return {name: Found(counts[name], config) for name, config in configs.items()}


async def create_topics(
    client: AIOKafkaAdminClient, topics: Sequence[Topic], clock: Clock, partitions: int | None
) -> None:
    """Make topics, and wait until they can be used. Another maker at the same time is fine.

    Raises TopicsWrong when the broker refuses.
    """
    if not topics:
        return
    answer = await client.create_topics(
        [
            NewTopic(
                topic.name,
                topic.partitions_for(partitions),
                _REPLICAS,
                replica_assignments={},
                topic_configs=topic.config_for(clock),
            )
            for topic in topics
        ]
    )
    for name, code, message in answer.topic_errors:
        if code not in {0, TopicAlreadyExistsError.errno}:
            raise TopicsWrong(
                f"the broker refused to make {name}: {message or for_code(code).__name__}"
            )
    await _wait_for_leaders(client, {topic.name for topic in topics})


async def _wait_for_leaders(client: AIOKafkaAdminClient, names: set[str]) -> None:
    waiting = names
    for _ in range(round(_LED_WITHIN_S / _LOOK_AGAIN_S)):
        waiting = names - {
            topic["topic"] for topic in await client.describe_topics() if _is_led(topic)
        }
        if not waiting:
            return
        await asyncio.sleep(_LOOK_AGAIN_S)
    raise TopicsWrong(
        f"no leader for {', '.join(sorted(waiting))} after {_LED_WITHIN_S:.0f} s; expected one "
        "for each partition: see the broker's log"
    )


def _is_led(topic: dict[str, Any]) -> bool:
    parts = topic["partitions"]
    return bool(parts) and all(part["leader"] >= 0 for part in parts)


async def _configs(client: AIOKafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    clocks: tuple[Clock, ...] = ("wall", "events")
    wanted = {
        key for topic in load().values() for clock in clocks for key in topic.config_for(clock)
    }
    answers = await client.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    )
    configs = {}
    for code, message, _, name, entries in (
        line for answer in answers for line in answer.resources
    ):
        if code == UnknownTopicOrPartitionError.errno:
            continue
        if code:
            raise TopicsWrong(f"the broker refused to show {name}: {message or for_code(code)}")
        configs[name] = {entry[0]: entry[1] for entry in entries if entry[0] in wanted}
    return configs

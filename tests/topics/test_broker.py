"""Topics made on a real broker are those of the contracts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import InvalidTimestampError

from journey.instant import HOUR
from topics import broker
from topics.agreement import FoundTopics
from topics.cluster import admin, find_topics
from topics.connection import Connection
from topics.contracts import (
    ALERT_ACTIONS,
    EVENTS_WEB,
    JOURNEYS,
    REKEYED,
    SOURCES,
    TRANSITIONS,
    Clock,
    load,
)
from topics.errors import BrokerUnreachable, TopicsWrong, WrongClock


@pytest.fixture
async def emptied(fresh_kafka: str) -> AsyncIterator[str]:
    """Give the address of a broker that has no topics."""
    yield fresh_kafka
    await delete(fresh_kafka, *await found_on(fresh_kafka))


@pytest.mark.parametrize("clock", ["wall", "events"])
async def test_topics_that_were_made_are_as_agreed(emptied: str, clock: Clock) -> None:
    assert set(await broker.ensure(Connection(emptied), clock)) == set(load())
    assert await broker.check(Connection(emptied)) == []
    assert await broker.deployment_clock(Connection(emptied)) == clock


async def test_topics_that_are_there_are_left_alone(emptied: str) -> None:
    await broker.ensure(Connection(emptied), "wall", partitions=2)
    await delete(emptied, JOURNEYS)
    assert await broker.ensure(Connection(emptied), "wall") == [JOURNEYS]
    found = await found_on(emptied)
    assert {name: one.partitions for name, one in found.items()} == {
        name: topic.partitions_for(2) for name, topic in load().items()
    }


async def test_the_other_clock_is_refused_and_nothing_is_made(emptied: str) -> None:
    await broker.ensure(Connection(emptied), "wall")
    await delete(emptied, TRANSITIONS)
    with pytest.raises(WrongClock):
        await broker.ensure(Connection(emptied), "events")
    (problem,) = await broker.check(Connection(emptied))
    assert problem.startswith("transitions is missing")


async def test_a_setting_that_was_changed_is_found(emptied: str) -> None:
    await broker.ensure(Connection(emptied), "wall")
    await change(emptied, EVENTS_WEB, {"retention.ms": "60000"})
    (problem,) = await problems_at_last(emptied)
    assert problem.startswith("events.web: retention.ms is 60000, expected 2592000000")


async def test_a_broker_without_topics_lacks_them_all_and_has_no_clock(emptied: str) -> None:
    assert len(await broker.check(Connection(emptied))) == len(load())
    with pytest.raises(TopicsWrong, match="has no topics of Touchstone yet"):
        await broker.deployment_clock(Connection(emptied))


async def test_what_the_broker_refuses_is_said_in_its_words(emptied: str) -> None:
    with pytest.raises(TopicsWrong, match="the broker refused to make"):
        await broker.ensure(Connection(emptied), "wall", partitions=-5)


@pytest.mark.parametrize("bootstrap", ["127.0.0.1:1", "127.0.0.1:none"])
async def test_nobody_at_the_address_is_one_sentence(bootstrap: str) -> None:
    with pytest.raises(BrokerUnreachable, match=f"no Kafka broker answers at {bootstrap}"):
        await broker.check(Connection(bootstrap))


async def found_on(bootstrap: str) -> FoundTopics:
    async with admin(Connection(bootstrap)) as client:
        return await find_topics(client)


async def problems_at_last(bootstrap: str) -> list[str]:
    # The broker says done before it has applied a setting.
    for _ in range(100):
        if problems := await broker.check(Connection(bootstrap)):
            return problems
        await asyncio.sleep(0.05)
    return []


async def delete(bootstrap: str, *names: str) -> None:
    async with admin(Connection(bootstrap)) as client:
        await client.delete_topics(list(names))
    # The broker says done before all of it has heard.
    for _ in range(100):
        if not {*names} & {*await found_on(bootstrap)}:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{names} are still there")


async def change(bootstrap: str, topic: str, settings: dict[str, str]) -> None:
    # The request replaces all settings of a topic.
    whole = load()[topic].config_for("wall") | settings
    async with admin(Connection(bootstrap)) as client:
        await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, whole)])


async def test_nobody_may_stamp_what_is_forwarded_far_ahead_nor_what_comes_in_at_all(
    emptied: str,
) -> None:
    """A worker waits with what is stamped ahead, until its own clock is there."""
    await broker.ensure(Connection(emptied), "wall")
    far_ahead = time.time_ns() // 1_000_000 + HOUR // 2
    producer = AIOKafkaProducer(bootstrap_servers=emptied)
    await producer.start()
    try:
        with pytest.raises(InvalidTimestampError):
            await producer.send_and_wait(REKEYED, b"{}", timestamp_ms=far_ahead)
        for topic in (*SOURCES, ALERT_ACTIONS):
            sent = await producer.send_and_wait(topic, b"{}", timestamp_ms=far_ahead)
            assert sent.timestamp < far_ahead
    finally:
        await producer.stop()

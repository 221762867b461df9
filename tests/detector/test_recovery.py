"""What a worker recovers from a real changelog: compacted, with aborted ends, after an absence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import UnknownTopicOrPartitionError
from aiokafka.structs import ConsumerRecord

from services.detector.state import Header, pack
from services.detector.stores.copy import FIRST
from services.detector.stores.disk import DiskCopies
from services.detector.transport.changelog import describe
from tests.detector.deployment import PARTITIONS, Deployment, commit_offsets
from topics.connection import Connection
from topics.contracts import CHANGELOG, load

FAR = 2**50
States = Mapping[bytes, bytes | None]


class Changelog:
    """Writes states as workers do, in transactions, and keeps what a copy must be."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self.expected: dict[int, dict[bytes, bytes]] = {number: {} for number in range(PARTITIONS)}

    async def write(self, states: States, *, abort: bool = False) -> None:
        """Write to every partition the states of other customers."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self._deployment.bootstrap, transactional_id="writer"
        )
        await producer.start()
        await producer.begin_transaction()
        for number, expected in self.expected.items():
            for key, state in states.items():
                mine = b"person:%d-%s" % (number, key)
                await producer.send(CHANGELOG, state, key=mine, partition=number)
                if not abort and state is None:
                    expected.pop(mine, None)
                elif not abort and state is not None:
                    expected[mine] = state
        await (producer.abort_transaction() if abort else producer.commit_transaction())
        await producer.stop()

    async def records(self) -> list[ConsumerRecord]:
        return await self._deployment.read(CHANGELOG)

    async def compacted(self, within_s: float = 90.0) -> None:
        """Wait until of every key but the newest only the last is left."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            await self.write(
                {b"roll": state(FAR)}
            )  # rolls the active segment, which is never cleaned
            keys = [(one.partition, one.key) for one in await self.records()]
            old = [key for key in keys if not key[1].endswith(b"roll")]
            if len(old) == len(set(old)):
                return
            await asyncio.sleep(0.5)
        raise AssertionError("the broker did not compact")


def state(due: int, body: bytes = b"journey") -> bytes:
    return pack(Header(due, 0), body)


async def configure(bootstrap: str, **overrides: object) -> None:
    """Make the broker compact at once, where it usually takes its time."""
    wanted = load()[CHANGELOG].config_for("wall") | {
        "segment.ms": "200",
        "min.cleanable.dirty.ratio": "0.01",
        **{name.replace("_", "."): str(value) for name, value in overrides.items()},
    }
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.alter_configs(
        [
            ConfigResource(ConfigResourceType.TOPIC, CHANGELOG, wanted),
            ConfigResource(ConfigResourceType.BROKER, "1", {"log.cleaner.backoff.ms": "100"}),
        ]
    )
    await admin.close()


def copies_of(directory: Path, topic_id: str) -> dict[int, dict[bytes, bytes]]:
    """Give what a stopped worker has on disk, by way of its index."""
    copies = DiskCopies(directory / "journeys", topic_id)
    found = {}
    for number in range(PARTITIONS):
        copy = copies.open(number)
        entries, _ = copy.due(FIRST, FAR)
        found[number] = {key: copy.get(key) or b"" for _, key in entries}
        assert len(copy) == len(entries)
    copies.close()
    return found


async def topic_id(bootstrap: str, topic: str = CHANGELOG) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        return (await describe(admin, topic)).topic_id
    finally:
        await admin.close()


async def test_states_are_those_of_the_changelog_whatever_was_compacted_or_aborted(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        await configure(fresh_kafka)
        log = Changelog(deployment)
        await commit_offsets(Connection(fresh_kafka), PARTITIONS)
        for turn in range(5):
            await log.write({b"%d" % key: state(FAR - key, b"turn %d" % turn) for key in range(50)})
        await log.write({b"%d" % key: None for key in range(10)})
        await log.compacted()
        await log.write({b"%d" % key: state(7) for key in range(30)}, abort=True)
        await log.write({b"only aborted": state(7)}, abort=True)
        expected = sum(map(len, log.expected.values()))
        for store in ("memory", "disk"):
            worker = await deployment.start(store=store).ready()
            assert worker.metric("touchstone_journeys_recovered_total") == expected
            assert await worker.stop() == 0
        directory = Path(worker.order.data_dir)
        assert copies_of(directory, await topic_id(fresh_kafka)) == log.expected

        # It comes again: other workers have written, removed and aborted meanwhile.
        await log.write({b"%d" % key: state(FAR - key, b"again") for key in range(5, 20)})
        await log.write({b"%d" % key: None for key in range(40, 45)})
        await log.write({b"%d" % key: None for key in range(45, 50)}, abort=True)
        written = len(await log.records())
        worker = await deployment.start(of=1, store="disk").ready()
        assert 0 < worker.metric("touchstone_changelog_read_total") < written / 2
        assert await worker.stop() == 0
        assert copies_of(directory, await topic_id(fresh_kafka)) == log.expected

        # Nothing happens, and there is nothing to read but the record it ended at.
        worker = await deployment.start(of=1, store="disk").ready()
        assert worker.metric("touchstone_changelog_read_total") <= PARTITIONS
        assert await worker.stop() == 0


async def test_copy_from_before_a_removal_that_the_changelog_forgot_is_made_anew(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        await configure(fresh_kafka, delete_retention_ms=2_000)
        log = Changelog(deployment)
        await commit_offsets(Connection(fresh_kafka), PARTITIONS)
        await log.write({b"removed": state(FAR), b"stays": state(FAR)})
        worker = await deployment.start(store="disk").ready()
        assert await worker.stop() == 0
        await log.write({b"removed": None})
        for _ in range(200):
            await log.write({b"roll": state(FAR)})
            if not any(one.key.endswith(b"removed") for one in await log.records()):
                break
            await asyncio.sleep(0.5)
        else:
            pytest.fail("the broker kept the tombstone")
        worker = await deployment.start(of=0, store="disk").ready()
        assert worker.log().count("copy_discarded") == PARTITIONS
        assert await worker.stop() == 0
        held = copies_of(Path(worker.order.data_dir), await topic_id(fresh_kafka))
        assert all(b"person:%d-removed" % number not in held[number] for number in held)
        assert all(b"person:%d-stays" % number in held[number] for number in held)


async def test_a_topic_that_is_created_anew_has_another_id(fresh_kafka: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=fresh_kafka)
    await admin.start()
    found = set()
    for _ in range(2):
        await admin.create_topics([NewTopic("twice", 1, 1)])
        found.add(await eventually(fresh_kafka, "twice"))
        await admin.delete_topics(["twice"])
        await gone(fresh_kafka, "twice")
    await admin.close()
    assert len(found) == 2
    assert all(len(one) == 32 and int(one, 16) for one in found)


async def eventually(bootstrap: str, topic: str) -> str:
    """Give the id of a topic that was just made."""
    for _ in range(100):
        try:
            return await topic_id(bootstrap, topic)
        except UnknownTopicOrPartitionError:
            await asyncio.sleep(0.1)
    raise AssertionError(f"{topic} was not made")


async def gone(bootstrap: str, topic: str) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    for _ in range(100):
        if topic not in await consumer.topics():
            break
        await asyncio.sleep(0.1)
    await consumer.stop()
    assert TopicPartition(topic, 0) not in consumer.assignment()

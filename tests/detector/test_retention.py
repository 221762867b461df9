"""What `verify` can still prove where retention has removed the beginning of the logs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete

from journey.instant import DAY, HOUR, format_instant
from tests.detector.deployment import PARTITIONS, Deployment
from tests.detector.proof import heard, verified
from tests.detector.test_history import feed
from topics.contracts import CHANGELOG, JOURNEYS, SOURCES, TRANSITIONS
from topics.partition import partition_of
from topics.wire import encode_transition, transition_headers

LONG_AGO = 1_580_000_000_000
END = LONG_AGO + 90 * DAY
NAMES = ("Product Viewed", "Product Added", "Order Completed", "CSAT Responded", "Ticket Created")


def history() -> Iterator[dict[str, Any]]:
    """Give an event an hour of a dozen customers, for ninety days."""
    chance = Random(3)
    for at in range(LONG_AGO, END, HOUR):
        yield {
            "messageId": f"m-{at}",
            "type": "track",
            "event": chance.choice(NAMES),
            "userId": f"u{chance.randrange(12)}",
            "timestamp": format_instant(at),
            "properties": {"order_id": f"o{at}", "price": 3, "total": 3, "score": 2},
        }


async def forget(deployment: Deployment, topic: str, before: int) -> None:
    """Remove what arrived in a topic before an instant (ms), as retention does."""
    kept = dict.fromkeys(range(PARTITIONS), 0)
    for record in await deployment.read(topic):
        if record.timestamp < before:
            kept[record.partition] = max(kept[record.partition], record.offset + 1)
    admin = AIOKafkaAdminClient(bootstrap_servers=deployment.bootstrap)
    await admin.start()
    try:
        await admin.delete_records(
            {TopicPartition(topic, number): RecordsToDelete(at) for number, at in kept.items()}
        )
    finally:
        await admin.close()


async def test_what_is_there_is_proven_from_the_bases_of_the_states(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path, clock="events") as deployment:
        worker = await deployment.start().ready()
        await feed(deployment, list(history()), END)
        await deployment.caught_up()
        assert await worker.stop() == 0
        whole = await verified(fresh_kafka)
        assert (whole.sentences, whole.notes) == ([], [])

        for topic in SOURCES:
            await forget(deployment, topic, END - 30 * DAY)
        rest = await verified(fresh_kafka)
        assert rest.sentences == []
        assert 0 < rest.checked < whole.checked
        [note] = rest.notes
        assert note.startswith("Retention has removed the beginning of the source topics in")
        assert "; 0 subjects have none" in note

        said = await heard(fresh_kafka)
        last = said.transitions["person:u1"][-1]
        forged = [
            msgspec.structs.replace(
                last, id="f1", revision=last.revision + 1, at="2020-03-01T00:00:00Z"
            ),
            msgspec.structs.replace(last, id="f2", revision=1, instance="forged"),
        ]
        for one in forged:
            await deployment.producer.send_and_wait(
                TRANSITIONS, encode_transition(one), key=one.subject.encode(),
                headers=transition_headers(one),
            )  # fmt: skip
        found = await verified(fresh_kafka)
        assert (found.lost, found.invented, found.wrong) == (0, 1, 1)

        await forget(deployment, TRANSITIONS, said_at(await deployment.read(TRANSITIONS)))
        cut = await verified(fresh_kafka)
        assert (cut.lost, cut.invented, cut.wrong) == (0, 1, 1)


def said_at(records: list[Any]) -> int:
    """Give an instant (ms) before which a half of the messages were written."""
    return int(sorted(record.timestamp for record in records)[len(records) // 2])


async def test_subjects_whose_events_may_be_gone_are_left_out_and_said_to_be(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path, clock="events") as deployment:
        worker = await deployment.start().ready()
        later = [one for one in history() if one["timestamp"] > format_instant(END - 10 * DAY)]
        await feed(deployment, later, END)
        await deployment.caught_up()
        assert await worker.stop() == 0
        for topic in SOURCES:
            await forget(deployment, topic, END - DAY)
        found = await verified(fresh_kafka)
        assert found.sentences == []
        assert "left out" in found.notes[0]
        assert "; 0 subjects" not in found.notes[0]

        # The view tells of a state that is gone; without it the words and the events still do.
        number = partition_of(b"u2", PARTITIONS)
        for topic, place in ((CHANGELOG, number), (JOURNEYS, None)):
            await deployment.producer.send_and_wait(topic, key=b"person:u2", partition=place)
            less = await verified(fresh_kafka)
            assert (less.lost, less.repeated, less.invented, less.wrong) == (1, 0, 0, 0)
            assert less.sentences[0].startswith("lost: the state of person:u2;")

"""What `verify` finds of single records: dead letters and forwards, too many and too few."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord

from journey.instant import DAY
from tests.detector.deployment import Deployment
from tests.detector.proof import verified
from tests.detector.test_history import bought
from tests.detector.test_hops import now_ms
from tests.detector.test_retention import forget
from tests.detector.test_verify import commit
from topics.contracts import DEAD_LETTERS, EVENTS_WEB, REKEYED
from topics.deadletters import CONNECT, REASON, source_of
from topics.rekeyed import ARRIVAL, ORIGIN

WEB = TopicPartition(EVENTS_WEB, 1)


async def plant(deployment: Deployment, what: ConsumerRecord, **forged: Any) -> None:
    """Write a message a second time, or one like it."""
    same = {
        "value": what.value,
        "key": what.key,
        "partition": what.partition,
        "headers": list(what.headers),
        "timestamp_ms": what.timestamp,
    }
    await deployment.producer.send_and_wait(what.topic, **(same | forged))


async def test_a_letter_or_forward_too_many_is_found_and_a_letter_that_is_missing(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        worker = await deployment.start().ready()
        await deployment.send([bought("late", "Order Completed", now_ms() - 20 * DAY)])
        await deployment.send_elsewhere([bought("eve", "Nothing To Any Model", now_ms())])
        await deployment.producer.send(WEB.topic, b"?", key=b"k", partition=WEB.partition)
        await deployment.caught_up()
        assert await worker.stop() == 0
        whole = await verified(fresh_kafka)
        assert (whole.sentences, whole.pending) == ([], 0)

        letters = {dict(one.headers)[REASON]: one for one in await deployment.read(DEAD_LETTERS)}
        bad = letters[b"not_json"]
        await plant(deployment, letters[b"late"])
        await plant(deployment, bad, headers=[*bad.headers, (f"{CONNECT}offset", b"999")])
        await plant(deployment, bad, headers=[])
        [hop] = await deployment.read(REKEYED)
        arrived = (ARRIVAL, dict(hop.headers)[ARRIVAL])
        await plant(deployment, hop, headers=[arrived, (ORIGIN, b"events.web/3/70")])
        sent = await deployment.producer.send_and_wait(WEB.topic, b"?", b"k", WEB.partition)
        clock = max((await deployment.clocks()).values())
        behind_the_marker = hop.offset + 3
        await commit(fresh_kafka, TopicPartition(REKEYED, hop.partition), behind_the_marker, clock)
        await commit(fresh_kafka, WEB, sent.offset + 1, clock)
        found = await verified(fresh_kafka)
        await forget(deployment, DEAD_LETTERS, now_ms())
        rest = await verified(fresh_kafka)
    late = "/".join(map(str, source_of(letters[b"late"].headers) or ()))
    assert sorted(one for one in found.sentences if "does not say where" not in one) == [
        "invented: an event of person:eve forwarded from events.web/3/70; it is not there",
        "invented: events.web/1/999 has a dead letter, but nothing of no use is there",
        f"lost: events.web/1/{sent.offset} is of no use, and has no dead letter",
        f"repeated: {late} has 2 dead letters",
    ]
    assert (found.lost, found.repeated, found.invented) == (1, 1, 3)
    # Retention may have removed the letters that are missing now.
    assert (rest.lost, rest.repeated, rest.invented) == (0, 0, 1)

"""What must be true before a worker starts: a broker that answers, and topics as agreed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

import structlog
from aiokafka.errors import KafkaError

from services.detector.ends import Ends
from services.detector.errors import NotReady
from services.detector.permissions import require_permissions
from services.detector.settings import DetectorSettings
from services.detector.stores.fitness import Changelog
from services.detector.transport.changelog import describe
from topics import broker
from topics.agreement import clock_of, faults, problems
from topics.cluster import admin
from topics.connection import Connection
from topics.contracts import CHANGELOG, GROUP, MODELS, READ
from topics.errors import BrokerRefuses, BrokerUnreachable, TopicsWrong
from topics.reach import why_unreachable

_log = structlog.get_logger("touchstone.detector")

_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 5.0


async def connect(settings: DetectorSettings) -> tuple[Ends, int, Changelog]:
    """Wait for the broker, however long, then check the topics; say each time why it is no use.

    Also a refused password is tried again, ever less often: a rotated one is right everywhere
    only after a while. Gives a started `Ends`, the number of partitions, and what the changelog is.
    Raises NotReady.
    """
    wait = _FIRST_WAIT_S
    while True:
        ends = Ends(settings.bootstrap, GROUP)
        try:
            await ends.start()
            count = await check_topics(settings)
            return ends, count, await _describe_changelog(settings)
        except (KafkaError, OSError, TimeoutError, BrokerUnreachable) as error:
            await ends.stop()
            _say(settings, await _reason(settings, error), wait)
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT_S)
        except BaseException:
            await ends.stop()
            raise


async def _reason(settings: DetectorSettings, error: Exception) -> BrokerUnreachable:
    if isinstance(error, BrokerUnreachable):
        return error
    return await why_unreachable(settings.bootstrap, error)


def _say(settings: DetectorSettings, reason: BrokerUnreachable, wait: float) -> None:
    refused = isinstance(reason, BrokerRefuses)
    _log.warning(
        "broker_refuses" if refused else "broker_unreachable",
        broker=str(settings.bootstrap),
        error=str(reason),
        again_in_s=wait,
    )


async def check_topics(settings: DetectorSettings) -> int:
    """Check what the detector relies on and give the number of partitions.

    Raises NotReady with what to do, KafkaError and BrokerUnreachable where nobody answers.
    Differences from the contracts that do no harm are logged.
    """
    counts = await _partition_counts(settings.bootstrap, (*READ, CHANGELOG, MODELS))
    missing = sorted(topic for topic, count in counts.items() if not count)
    if missing:
        raise NotReady(
            f"missing on {settings.bootstrap}: {', '.join(missing)}; run "
            f"`touchstone topics create --broker {settings.bootstrap}`"
            f"{settings.bootstrap.unless_hidden}"
        )
    del counts[MODELS]
    if len(set(counts.values())) > 1:
        raise NotReady(
            f"the source topics and the changelog must have equally many partitions, but have "
            f"{counts}; create them anew with `touchstone topics create`"
        )
    await require_permissions(settings)
    try:
        found = await broker.look(settings.bootstrap)
        clock = clock_of(found)
    except TopicsWrong as wrong:
        raise NotReady(str(wrong)) from wrong
    if clock != settings.clock:
        raise NotReady(
            f"the topics on {settings.bootstrap} were made for --clock {clock}; start the "
            f"detector with that, or use another broker for --clock {settings.clock}"
        )
    if grave := faults(found, clock):
        raise NotReady("; ".join(grave) + settings.bootstrap.unless_hidden)
    for problem in problems(found):
        _log.warning("topic_differs", problem=problem)
    return counts[CHANGELOG]


async def _describe_changelog(settings: DetectorSettings) -> Changelog:
    """Give what a copy of the changelog must know of it. Raises NotReady, BrokerUnreachable."""
    async with admin(settings.bootstrap) as client:
        try:
            return await describe(client, CHANGELOG)
        except NotImplementedError as error:
            raise NotReady(
                f"the broker at {settings.bootstrap} gives topics no ids; expected Apache Kafka "
                "3.6 or newer"
            ) from error


async def _partition_counts(bootstrap: Connection, topics: Iterable[str]) -> dict[str, int]:
    """Give the number of partitions of each topic, 0 where there is none."""
    async with admin(bootstrap) as client:
        found = await client.describe_topics(list(topics))
    return {topic["topic"]: len(topic["partitions"]) for topic in found}

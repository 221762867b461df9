"""Whether the detector may do its work, tried before it begins.

aiokafka only logs that it may not read a partition or join a group, and reads nothing for ever:
a worker would recover no journeys, or wait. What may not be written ends the first flush, loudly.
"""

from __future__ import annotations

from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import GroupAuthorizationFailedError
from aiokafka.protocol.group import HeartbeatRequest

from services.detector.settings import DetectorSettings
from topics.contracts import CHANGELOG, GROUP, MODELS, READ
from topics.reach import ask

_ANSWER_WITHIN_MS: Final = 2_000
_FETCH_MAX_WAIT_MS: Final = 100


async def require_permissions(settings: DetectorSettings) -> None:
    """Read a little of each topic, where the broker knows who asks, and look at the group.

    Raises KafkaError and OSError, as its clients do, where something is missing or nobody answers.
    """
    if not settings.bootstrap.is_secured:
        return
    await _require_group(settings)
    consumer = AIOKafkaConsumer(
        **settings.bootstrap.client_settings(), fetch_max_wait_ms=_FETCH_MAX_WAIT_MS
    )
    try:
        await consumer.start()
        places = [TopicPartition(topic, 0) for topic in (*READ, CHANGELOG, MODELS)]
        consumer.assign(places)
        await consumer.seek_to_end(*places)
        await consumer.getmany(*places, timeout_ms=_ANSWER_WITHIN_MS)
    finally:
        await consumer.stop()


async def _require_group(settings: DetectorSettings) -> None:
    """Raise GroupAuthorizationFailedError where the group must not be joined.

    A sign of life of nobody changes nothing in the group: only whether it is refused counts.
    """
    beat = HeartbeatRequest(group=GROUP, generation_id=-1, member_id="")
    answer = await ask(settings.bootstrap, beat)
    if answer.error_code == GroupAuthorizationFailedError.errno:
        raise GroupAuthorizationFailedError(GROUP)

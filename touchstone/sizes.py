"""How large a message the source topics take, and whether an event fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.producer.message_accumulator import BatchBuilder

from topics.cluster import admin
from topics.connection import Connection
from topics.contracts import SOURCES
from touchstone.errors import WorkFailed
from touchstone.lines import Line
from touchstone.outgoing import Outgoing

Limits = Mapping[str, int]
"""The most bytes that a message may have by topic, as the broker counts them: a batch of one."""

_SETTING: Final = "max.message.bytes"
_BY_DEFAULT: Final = 1_048_588
_AROUND: Final = 4_096
"""More than key, headers and the batch's own fields can take."""


async def limits_of(bootstrap: Connection) -> Limits:
    """Ask for the limits of the source topics; where that is not told, Kafka's own default."""
    limits = dict.fromkeys(SOURCES, _BY_DEFAULT)
    async with admin(bootstrap) as client:
        topics = [ConfigResource(ConfigResourceType.TOPIC, name) for name in SOURCES]
        for answer in await client.describe_configs(topics):
            for code, _, _, name, settings in answer.resources:
                told = {setting[0]: setting[1] for setting in settings}
                if not code and _SETTING in told:
                    limits[name] = int(told[_SETTING])
    return limits


def require_fits(line: Line, event: Outgoing, limits: Limits) -> None:
    """Raise WorkFailed, with the place, where the broker would refuse an event for its size."""
    limit = limits[event.topic]
    if len(line.text) + _AROUND <= limit:
        return
    size = _bytes_of(event.key, line.text)
    if size > limit:
        raise WorkFailed(
            f"{line.place}: the event takes {size:,} bytes as a message; {event.topic} takes at "
            f"most {limit:,} ({_SETTING} of the topic): make the event smaller, or that larger."
        )


def _bytes_of(key: bytes, value: bytes) -> int:
    batch = BatchBuilder(1, 0)
    batch.append(timestamp=0, key=key, value=value)
    return int(batch.size())

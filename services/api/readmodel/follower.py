"""Reads what the detector says out of Kafka into the read model, and on to the stream.

Slurp, then follow: from where the database says, to the end, and on. Offsets are in the same
transaction as the rows, so whatever ends this process, the next one goes on exactly there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.api.hub import Hub
from services.api.metrics import Metrics
from services.api.readmodel.database import Database
from services.api.readmodel.lag import Lag
from services.api.readmodel.log import Extent, connect, extent_of, rebuild_reason
from services.api.readmodel.records import change_of
from services.api.readmodel.resume import Resumed, resume, start_anew
from services.api.readmodel.writer import Place, Written, apply
from topics.broker import deployment_clock
from topics.connection import Connection
from topics.contracts import Clock

_log = structlog.get_logger()

_BATCH = 2_000
_POLL_MS = 100
_ASK_S = 1.0


class Follower:
    """One consumer without a group; there is one follower for a database.

    `clock` is the deployment's, None until the broker has told it.
    """

    def __init__(
        self,
        bootstrap: Connection,
        database: Database,
        hub: Hub,
        lag: Lag,
        metrics: Metrics,
        kept: int,
    ) -> None:
        self._bootstrap = bootstrap
        self._database = database
        self._hub = hub
        self._lag = lag
        self._metrics = metrics
        self._kept = kept
        self.clock: Clock | None = None

    async def run(self) -> None:
        """Follow until cancelled. Raises what it cannot go on after: the process has to end."""
        consumer = await connect(self._bootstrap)
        try:
            positions = await self._begin(consumer)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch_ends(consumer))
                group.create_task(self._follow(consumer, positions))
        finally:
            await consumer.stop()

    async def _begin(self, consumer: AIOKafkaConsumer) -> dict[Place, int]:
        """Decide where to read on, rebuilding where the log is not the one that was read."""
        self.clock = await deployment_clock(self._bootstrap)
        extent = await extent_of(consumer, self._bootstrap)
        resumed = await self._database.read(resume)
        reason = rebuild_reason(resumed, extent)
        if reason:
            _log.warning("read_model_begins_anew", reason=reason)
            resumed = await self._database.write(lambda s: start_anew(s, extent.cluster))
        self._hub.number_from(resumed.epoch, resumed.sequence)
        positions = _start(resumed, extent)
        consumer.assign([TopicPartition(*place) for place in positions])
        for place, position in positions.items():
            consumer.seek(TopicPartition(*place), position)
        self._lag.read_to(positions)
        self._lag.ends_at(extent.ends, time.monotonic())
        _log.info("read_model_follows", epoch=resumed.epoch, records_to_read=self._lag.records())
        return positions

    async def _follow(self, consumer: AIOKafkaConsumer, positions: dict[Place, int]) -> None:
        """Read, write, tell, for ever."""
        while True:
            batches = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_BATCH)
            reached = {
                (p.topic, p.partition): await consumer.position(p) for p in consumer.assignment()
            }
            moved = {place: at for place, at in reached.items() if positions[place] != at}
            if moved:
                positions.update(moved)
                await self._write([r for records in batches.values() for r in records], moved)

    async def _write(self, records: list[Any], moved: Mapping[Place, int]) -> None:
        changes = [change_of(record) for record in records]
        written: Written = await self._database.write(
            lambda s: apply(s, changes, moved, self._kept)
        )
        self._lag.read_to(moved)
        self._hub.publish(written.entries)
        for table, rows in written.rows.items():
            self._metrics.rows.labels(table).inc(rows)

    async def _watch_ends(self, consumer: AIOKafkaConsumer) -> None:
        """Ask again and again where the log ends; a silent broker shows as lag, not as a fault."""
        while True:
            try:
                ends = await consumer.end_offsets(list(consumer.assignment()))
            except KafkaError as fault:
                _log.warning("log_ends_unknown", fault=type(fault).__name__)
            else:
                self._lag.ends_at(
                    {(p.topic, p.partition): end for p, end in ends.items()}, time.monotonic()
                )
            self._metrics.lag_seconds.set(self._lag.seconds(time.monotonic()))
            self._metrics.lag_records.set(self._lag.records())
            await asyncio.sleep(_ASK_S)


def _start(resumed: Resumed, extent: Extent) -> dict[Place, int]:
    """Give where to begin in each partition: where the last process ended, else the beginning."""
    return {place: resumed.offsets.get(place, begin) for place, begin in extent.begins.items()}

"""The Faust application: one agent over all sources, and a table."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final, cast

import faust
from faust.transport.drivers.aiokafka import Transport
from faust.types import TP

from services.detector.fatal import end_process, ends_the_process
from services.detector.records import RecordSet
from services.detector.stores.copy import Copies
from services.detector.stores.fitness import Changelog
from services.detector.transport.consumer import BatchConsumer
from services.detector.transport.credentials import credentials_of
from services.detector.transport.owner import Owner
from services.detector.transport.pace import Pace, hand_over
from services.detector.transport.table import JourneyStore, JourneyTable
from topics.connection import Connection

QUEUE: Final = 16  # sets, not records
MAX_POLL_RECORDS: Final = 4000


class Passthrough(faust.Schema[Any, Any]):
    """Hands keys and values over as they are: the detector decodes by itself."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002
        """Give the key as it came."""
        return message.key

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002
        """Give the record set as it came."""
        return message.value


class BatchTransport(Transport):
    """Faust's transport over aiokafka, with the consumer that reads sets."""

    Consumer = BatchConsumer


class DetectorApp(faust.App):
    """A Faust application whose partitions belong to an `Owner`."""

    def __init__(
        self,
        app_id: str,
        bootstrap: Connection,
        sources: Sequence[str],
        owner: Owner,
        copies: Copies,
        changelog: Changelog,
        *,
        datadir: str,
        session_timeout_s: float,
        standbys: int,
    ) -> None:
        super().__init__(
            app_id,
            broker=[f"kafka://{address.strip()}" for address in str(bootstrap).split(",")],
            broker_credentials=credentials_of(bootstrap),
            store="memory://",
            datadir=datadir,
            Table=JourneyTable,
            autodiscover=False,
            web_enabled=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            consumer_auto_offset_reset="earliest",
            stream_buffer_maxsize=QUEUE,
            stream_recovery_delay=0.0,
            table_standby_replicas=standbys,
            # Ours are better: they make a copy anew and do not end the worker (see stores.fitness).
            recovery_consistency_check=False,
            broker_max_poll_records=MAX_POLL_RECORDS,
            broker_session_timeout=session_timeout_s,
            broker_heartbeat_interval=session_timeout_s / 10,
        )
        self.bootstrap = bootstrap
        self.sources = frozenset(sources)
        self.owner = owner
        self.copies = copies
        self.changelog = changelog
        self._pace = Pace()
        self.journeys = self.Table(
            "journeys", schema=Passthrough(), recovery_buffer_size=8, standby_buffer_size=1
        )
        topic = self.topic(*sources, schema=Passthrough(), maxsize=QUEUE)
        self.agent(topic, name="journeys")(self._read)

    @property
    def journey_store(self) -> JourneyStore:
        """The committed states of the owned partitions."""
        return cast("JourneyStore", self.journeys.data)

    @property
    def _reader(self) -> BatchConsumer:
        return cast("BatchConsumer", self.consumer)

    def _new_transport(self) -> BatchTransport:
        return BatchTransport(self.conf.broker_consumer, self)

    @ends_the_process("fold")
    async def _read(self, stream: Any) -> None:
        async for event in stream.noack().events():
            # Faust clears its queues at a rebalance; what slips through is read again.
            if not self.rebalancing:
                await self._hand_over(event.value)

    async def _hand_over(self, taken: RecordSet) -> None:
        await self.owner.prepare(taken)
        again = await hand_over(taken, self.owner, self._pace)
        if again is not None:
            await self._reader.rewind(TP(taken.topic, taken.partition), again)

    def on_rebalance_end(self) -> None:
        """Open the partitions: recovered, at their positions, nothing read yet."""
        super().on_rebalance_end()
        try:
            self.owner.opened(self._reader.starts)
        except Exception as fault:  # noqa: BLE001 - the process ends with it
            end_process("opening_partitions", fault)
        self._reader.release()

    async def crash(self, reason: BaseException) -> None:
        """End the process; Faust would try to go on with what is left."""
        if isinstance(reason, asyncio.CancelledError):
            return
        end_process("faust", reason)


class DetectorWorker(faust.Worker):
    """A Faust worker that leaves logging, standard output and signals alone."""

    def __init__(self, app: DetectorApp, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(app, loop=loop, quiet=True, redirect_stdouts=False, override_logging=False)
        self.spinner = None

    def install_signal_handlers(self) -> None:
        """Leave signals to whoever runs the worker."""

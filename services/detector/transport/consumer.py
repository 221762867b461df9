"""The consumer: sets instead of records, commits left to the transactions, sources held back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from faust.transport.consumer import ensure_TPset
from faust.transport.drivers.aiokafka import Consumer
from faust.types import TP, ConsumerMessage

from services.detector.fatal import ends_the_process
from services.detector.records import Committed, RecordSet
from services.detector.transport.thread import ReadCommittedThread

if TYPE_CHECKING:
    from services.detector.transport.app import DetectorApp

FETCH_WAIT_S: Final = 0.2
RECOVERY_WAIT_S: Final = 0.1  # a fetch that holds only a marker wakes nobody
FETCH_PAUSE_S: Final = 0.002  # else Faust fetches tiny sets and spends the core on it


class Forgetful(dict[TP, "int | None"]):
    """Faust's read offsets, never remembered: the detector checks positions itself.

    Faust drops what lies below the last offset it read, also after a seek back.
    """

    def __getitem__(self, tp: TP) -> None:
        """Say that nothing of the partition was read."""

    def __setitem__(self, tp: TP, offset: int | None) -> None:
        """Remember nothing."""

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Remember nothing."""


class BatchConsumer(Consumer):
    """Faust's consumer, handing over record sets and committing nothing by itself."""

    app: DetectorApp
    _thread: ReadCommittedThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_offset = Forgetful()
        self._held: set[TP] = set()
        self.starts: dict[TP, Committed] = {}

    def _new_consumer_thread(self) -> ReadCommittedThread:
        return ReadCommittedThread(self, loop=self.loop, beacon=self.beacon)

    async def _getmany(
        self,
        active_partitions: set[TP] | None,
        timeout: float,  # noqa: ASYNC109 - Faust's signature
    ) -> Mapping[TP, list[RecordSet]]:
        # A copy, because Faust changes its set while the other thread reads it; and never
        # empty, because aiokafka takes an empty one for all partitions and drains the paused.
        active = set(active_partitions or ())
        if not active:
            return {}
        generation = self.app.consumer_generation_id
        if not self.app.in_recovery:
            await asyncio.sleep(FETCH_PAUSE_S)
        longest = RECOVERY_WAIT_S if self.app.in_recovery else FETCH_WAIT_S
        sets: Mapping[TP, list[RecordSet]]
        sets = await self._thread.getmany(active, min(timeout, longest))
        return sets if generation == self.app.consumer_generation_id else {}

    def _to_message(self, tp: TP, record: RecordSet) -> ConsumerMessage:
        stamp = record.records[-1].timestamp / 1000 if record.records else 0.0
        value = cast("Any", record)  # where Faust has bytes
        return ConsumerMessage(
            *tp, record.reached - 1, stamp, 0, None, None, value, None, 0, 0, tp,
            generation_id=self.app.consumer_generation_id,
        )  # fmt: skip

    def ack(self, message: Any) -> bool:
        """Note that Faust is done with the message; what is committed is not Faust's concern."""
        message.acked = True
        self._unacked_messages.discard(message)
        return True

    def _filter_tps_with_pending_acks(self, _topics: Any = None) -> Iterator[TP]:
        return iter(())

    async def _add_gap(self, _tp: TP, _offset_from: int, _offset_to: int) -> None:
        """Keep no account of gaps, which serves only Faust's commits."""

    def verify_event_path(self, _now: float, _tp: TP) -> None:
        """Say nothing of partitions that are merely idle."""

    def verify_recovery_event_path(self, _now: float, _tp: TP) -> None:
        """Say nothing of partitions that are merely idle."""

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Resume fetching, except what must wait for the end of a rebalance.

        Faust resumes sources before it seeks, and standbys before it clears its queues for the
        last time.
        """
        wanted = ensure_TPset(tps)
        if self.app.rebalancing:
            standbys = self.app.assignor.assigned_standbys()
            held = {tp for tp in wanted if tp.topic in self.app.sources or tp in standbys}
            self._held |= held
            wanted -= held
        super().resume_partitions(wanted)

    def release(self) -> None:
        """Let what was held go; called when the rebalance has ended."""
        held, self._held = self._held, set()
        super().resume_partitions(held & self.assignment())

    async def perform_seek(self) -> None:
        """Seek every source partition to where its last transaction ended."""
        self.starts = await self._thread.seek_sources(self.app.sources)
        self._committed_offset.update({tp: start.position for tp, start in self.starts.items()})

    async def rewind(self, tp: TP, offset: int) -> None:
        """Read the partition again from the offset."""
        await self._thread.rewind(tp, offset)

    @ends_the_process("partitions_revoked")
    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Flush (Faust calls `wait_empty`) and drop everything; the assignment may change."""
        self._held.clear()
        await super().on_partitions_revoked(revoked)
        self.app.owner.revoked()
        self._buffered_partitions.clear()
        self.starts = {}

    @ends_the_process("partitions_assigned")
    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Fence the former owners, then let Faust recover the state."""
        actives = assigned - self.app.assignor.assigned_standbys()
        await self.app.owner.assigned(actives, generation_id)
        await super().on_partitions_assigned(assigned, generation_id)

    @ends_the_process("flush")
    async def wait_empty(self) -> None:
        """Flush what was folded; called before partitions are given up and at the stop."""
        await self.app.owner.flush()

"""The table of journeys over its changelog, and the copies of its partitions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import structlog
from faust.stores.base import Store
from faust.tables.table import Table
from faust.types import TP, EventT

from services.detector import metrics
from services.detector.errors import ChangelogGap
from services.detector.fatal import end_process
from services.detector.records import RecordSet
from services.detector.stores.copy import Copy, States
from services.detector.stores.fitness import Bounds, unfit

if TYPE_CHECKING:
    from services.detector.transport.app import DetectorApp

_log = structlog.get_logger("touchstone.detector")


class JourneyStore(Store[Any, Any]):
    """The copies of the partitions that the worker owns, or stands by for.

    They hold only what was committed: written by recovery, and after each transaction.
    """

    app: DetectorApp

    def __post_init__(self) -> None:
        self.data: dict[Any, Any] = {}  # Faust's own view of a store; unused
        self._copies: dict[int, Copy] = {}

    def states(self, number: int) -> States:
        """Give the states of a partition number."""
        return self._copies[number]

    def commit(self, number: int, states: Mapping[bytes, bytes | None], last: int | None) -> None:
        """Write what a transaction has made durable, `last` being its last changelog offset."""
        self._copies[number].commit(states, last, _now())

    def apply_changelog_batch(
        self,
        batch: Iterable[EventT[Any]],
        to_key: Any,  # noqa: ARG002 - Faust's signature
        to_value: Any,  # noqa: ARG002
    ) -> None:
        """Write what recovery has read. Faust only logs what is raised here, so end instead."""
        try:
            for event in batch:
                self._recover(cast("RecordSet", event.value))
        except Exception as fault:  # noqa: BLE001 - the process ends with it
            end_process("recovery", fault)

    def _recover(self, taken: RecordSet) -> None:
        copy = self._copies.get(taken.partition)
        if copy is None:
            return  # given up while this was on its way
        if copy.offset is not None and taken.begin > copy.offset + 1:
            raise ChangelogGap(
                f"partition {taken.partition} of {taken.topic} goes on at offset {taken.begin}, "
                f"but was read up to {copy.offset}; start the worker again: it will read anew"
            )
        held = -1 if copy.offset is None else copy.offset
        if taken.reached <= held + 1:
            return  # read again: what the copy holds is newer
        states = {
            record.key: record.value
            for record in taken.records
            if record.key and record.offset > held
        }
        as_of = taken.records[-1].timestamp if taken.records else copy.as_of
        copy.recover(states, taken.reached - 1, as_of)
        metrics.CHANGELOG_READ.inc(len(taken.records))

    def persisted_offset(self, tp: TP) -> int:
        """Give the last changelog offset that is in the copy: recovery goes on after it.

        -1 where the copy is empty: without a number Faust goes on where it last was.
        """
        offset = self._copies[tp.partition].offset
        return -1 if offset is None else offset

    async def on_rebalance(
        self,
        assigned: set[TP],
        revoked: set[TP],  # noqa: ARG002 - Faust's signature
        newly_assigned: set[TP],  # noqa: ARG002
        generation_id: int = 0,  # noqa: ARG002
    ) -> None:
        """Hold exactly what is assigned, each a copy that can be brought up to date."""
        tps = {tp for tp in assigned if tp.topic in self.app.tables.changelog_topics}
        numbers = {tp.partition for tp in tps}
        for number in self._copies.keys() - numbers:
            del self._copies[number]
        for number in numbers - self._copies.keys():
            self._copies[number] = self.app.copies.open(number)
        starts = await self.app.consumer.earliest_offsets(*tps)
        ends = await self.app.consumer.highwaters(*tps)
        for tp in tps:
            bounds = Bounds(starts.get(tp) or 0, ends.get(tp) or 0)
            self._check(tp.partition, self._copies[tp.partition], bounds)

    def _check(self, number: int, copy: Copy, bounds: Bounds) -> None:
        reason = unfit(copy, bounds, self.app.changelog, _now())
        if reason is not None:
            _log.warning("copy_discarded", partition=number, reason=reason)
            copy.discard()

    def reset_state(self) -> None:
        """Leave the copies: whether they are of use is found out when they are opened."""

    async def backup_partition(self, *_: Any, **__: Any) -> None:
        """Nothing to back up: the changelog is the copy."""

    def restore_backup(self, *_: Any, **__: Any) -> None:
        """Nothing to restore: the changelog is the copy."""


class JourneyTable(Table[Any, Any]):
    """A Faust table that takes its changelog in sets and is written after each transaction."""

    def _new_store_by_url(self, url: Any) -> JourneyStore:
        return JourneyStore(url, self.app, self, table_name=self.name, loop=self.loop)


def _now() -> int:
    return time.time_ns() // 1_000_000

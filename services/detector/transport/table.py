"""The table of journeys over its changelog, and its store in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from faust.stores.base import Store
from faust.tables.table import Table
from faust.types import TP, EventT

from services.detector.fatal import end_process
from services.detector.records import RecordSet


class MemoryStore(Store[Any, Any]):
    """The encoded journeys of the owned partitions, by partition number and subject.

    It holds only what was committed: it is written by recovery, and after each transaction.
    """

    def __post_init__(self) -> None:
        self.data: dict[Any, Any] = {}  # Faust's own view of a store; unused
        self._states: dict[int, dict[bytes, bytes]] = {}
        self._offsets: dict[TP, int] = {}

    def states(self, partition: int) -> dict[bytes, bytes]:
        """Give the states of a partition; the owner reads them and leaves writing to `apply`."""
        return self._states.setdefault(partition, {})

    def apply(self, tp: TP, states: Mapping[bytes, bytes | None], last_offset: int) -> None:
        """Write what was committed; None removes. `last_offset` is its last in the changelog."""
        held = self.states(tp.partition)
        for key, state in states.items():
            if state is None:
                held.pop(key, None)
            else:
                held[key] = state
        self._offsets[tp] = last_offset

    def apply_committed(
        self, changelog: str, partition: int, states: Mapping[bytes, bytes | None], last: int
    ) -> None:
        """Write what a transaction has made durable, `last` being its last changelog offset."""
        self.apply(TP(changelog, partition), states, last)

    def apply_changelog_batch(
        self,
        batch: Iterable[EventT[Any]],
        to_key: Any,  # noqa: ARG002 - Faust's signature
        to_value: Any,  # noqa: ARG002
    ) -> None:
        """Write what recovery has read. Faust only logs what is raised here, so end instead."""
        try:
            for event in batch:
                taken = cast("RecordSet", event.value)
                states = {record.key: record.value for record in taken.records if record.key}
                self.apply(event.message.tp, states, taken.reached - 1)
        except Exception as fault:  # noqa: BLE001 - the process ends with it
            end_process("recovery", fault)

    def persisted_offset(self, tp: TP) -> int | None:
        """Give the last changelog offset that is in the store: recovery goes on after it."""
        return self._offsets.get(tp)

    async def on_rebalance(
        self,
        assigned: set[TP],
        revoked: set[TP],  # noqa: ARG002 - Faust's signature
        newly_assigned: set[TP],  # noqa: ARG002
        generation_id: int = 0,  # noqa: ARG002
    ) -> None:
        """Drop the partitions that now belong to another worker."""
        for tp in self._offsets.keys() - assigned:
            del self._offsets[tp]
            self._states.pop(tp.partition, None)

    def reset_state(self) -> None:
        """Nothing is kept beyond the process."""

    async def backup_partition(self, *_: Any, **__: Any) -> None:
        """Nothing to back up: the changelog is the copy."""

    def restore_backup(self, *_: Any, **__: Any) -> None:
        """Nothing to restore: the changelog is the copy."""


class JourneyTable(Table[Any, Any]):
    """A Faust table that takes its changelog in sets and is written after each transaction."""

    def _new_store_by_url(self, url: Any) -> MemoryStore:
        return MemoryStore(url, self.app, self, table_name=self.name, loop=self.loop)

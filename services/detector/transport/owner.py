"""What the transport tells the one who owns the partitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from faust.types import TP

from services.detector.records import Committed, RecordSet


class Owner(Protocol):
    """The detector, as the transport sees it; every call comes on the worker's event loop.

    Nothing here may raise for the transport to handle: Faust and aiokafka log what callbacks
    raise and go on. A fault ends the process instead.
    """

    async def assigned(self, assigned: Iterable[TP], generation: int) -> None:
        """Check what was given and fence its former owners; recovery begins after this."""

    def opened(self, starts: Mapping[TP, Committed]) -> None:
        """Begin: the state is recovered and the sources stand at `starts`, nothing read yet."""

    async def prepare(self, taken: RecordSet) -> None:
        """Wait until the set can be folded."""

    def received(self, taken: RecordSet) -> int | None:
        """Fold a set; an offset that comes back must be read again from there."""

    async def settled(self, partition: int) -> None:
        """Wait while the partition has more unsaid work than it should hold."""

    async def flush(self) -> None:
        """Make all that was folded durable; folds nothing more until the next `opened`."""

    def revoked(self) -> None:
        """Drop every partition and all its decoded state."""

"""The states of the detectors, where the log no longer holds all that made them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from aiokafka import TopicPartition

from journey.engine import Engine
from journey.errors import StateError
from journey.rebasing import Based
from services.detector import state
from topics.contracts import CHANGELOG
from touchstone.errors import WorkFailed
from touchstone.reading import Reader

_NO_STATE: Final = b""


class Bases:
    """The latest state of each subject of some partition numbers. Reads on each time."""

    def __init__(self, reader: Reader, engine: Engine) -> None:
        self._reader = reader
        self._engine = engine
        self._read: dict[TopicPartition, int] = {}
        self._states: dict[str, bytes] = {}

    async def read(self, numbers: Collection[int]) -> None:
        """Read on to the present ends."""
        for place in self._reader.places(CHANGELOG):
            if place.partition in numbers:
                begin, end = await self._reader.extent(place)
                start = max(begin, self._read.get(place, 0))
                async for record in self._reader.between(place, start, end):
                    self._states[(record.key or b"").decode()] = record.value or _NO_STATE
                self._read[place] = end

    def of(self, subject: str) -> Based | None:
        """Give the base of a subject's journey; None where there is no state.

        Raises WorkFailed where it cannot be read.
        """
        found = self._states.get(subject, _NO_STATE)
        if not found:
            return None
        try:
            return self._engine.from_base(self._engine.decode(subject, state.body(found)))
        except StateError as error:
            raise WorkFailed(f"{subject}: {error}.") from error

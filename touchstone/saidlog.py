"""The topic `transitions` as a consumer sees it: what was said of each subject, in its order."""

from __future__ import annotations

from collections import defaultdict

import msgspec
from aiokafka import TopicPartition

from journey.said import Transition
from topics.contracts import TRANSITIONS
from touchstone.errors import Missing
from touchstone.reading import Reader

_decoder = msgspec.json.Decoder(Transition)


class SaidLog:
    """Transitions by subject. Reads on from where it was each time."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._read: dict[TopicPartition, int] = {}
        self.transitions: dict[str, list[Transition]] = defaultdict(list)

    async def read(self) -> None:
        """Read on to the present end. Raises Missing where the log's head is gone."""
        for place in self._reader.places(TRANSITIONS):
            begin, end = await self._reader.extent(place)
            start = self._read.get(place, 0)
            if begin > start:
                raise Missing(
                    f"{TRANSITIONS}/{place.partition} begins at offset {begin}: what was said "
                    "before is no longer kept, and without it nothing can be proven."
                )
            async for record in self._reader.between(place, start, end):
                if record.value:
                    said = _decoder.decode(record.value)
                    self.transitions[said.subject].append(said)
            self._read[place] = max(start, end)

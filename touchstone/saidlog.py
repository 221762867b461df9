"""What was said, as a consumer sees it: transitions in their order, alerts and journeys as last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from aiokafka import TopicPartition

from journey.said import Alert, Transition
from topics.contracts import ALERTS, JOURNEYS, TRANSITIONS
from topics.partition import partition_of
from touchstone.errors import Missing
from touchstone.findings import Findings, same
from touchstone.reading import Reader, Record

_transition = msgspec.json.Decoder(Transition)
_alert = msgspec.json.Decoder(Alert)
_NEVER: Final = 1 << 62
_view = msgspec.json.Decoder(dict[str, Any])


class SaidLog:
    """What was said by subject. Reads on from where it was each time.

    `telling` are alerts that were said twice running. `kept` is, where retention has removed the
    beginning of a partition of transitions, the instant (ms) from which on all that was said is
    there, by subject.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._read: dict[TopicPartition, int] = {}
        self._cut: dict[int, int] = {}
        self.transitions: dict[str, list[Transition]] = defaultdict(list)
        self.alerts: dict[str, dict[str, Alert]] = defaultdict(dict)
        self.views: dict[str, dict[str, Any]] = {}
        self.telling = Findings()

    async def read(self) -> None:
        """Read on to the present ends. Raises Missing where retention goes faster than this."""
        for place in self._reader.places(TRANSITIONS):
            async for record in self._on(place):
                if record.value:
                    said = _transition.decode(record.value)
                    self.transitions[said.subject].append(said)
        for place in self._reader.places(ALERTS):
            async for record in self._on(place):
                self._take_alert(record)
        for place in self._reader.places(JOURNEYS):
            async for record in self._on(place):
                self._take_view(record)

    def subjects(self) -> set[str]:
        """Give all subjects of whom something was said."""
        return self.transitions.keys() | self.alerts.keys() | self.views.keys()

    def kept_from(self, subject: str) -> int | None:
        """Say from when on (ms) all transitions of a subject are there; None where all are."""
        count = len(self._reader.places(TRANSITIONS))
        return self._cut.get(partition_of(subject.encode(), count))

    async def _on(self, place: TopicPartition) -> AsyncIterator[Record]:
        begin, end = await self._reader.extent(place)
        start = self._read.get(place, 0)
        if begin > start and place.topic == TRANSITIONS:
            await self._note_cut(place, begin, end, start)
        self._read[place] = max(start, end)
        async for record in self._reader.between(place, max(start, begin), end):
            yield record

    async def _note_cut(self, place: TopicPartition, begin: int, end: int, start: int) -> None:
        if start:
            raise Missing(
                f"{place.topic}/{place.partition} begins at offset {begin} by now: what was after "
                f"{start} was removed before it was read; run it again."
            )
        first = await self._reader.one(place.topic, place.partition, begin) if begin < end else None
        self._cut[place.partition] = first.timestamp if first else _NEVER

    def _take_alert(self, record: Record) -> None:
        id_ = (record.key or b"").decode()
        if not record.value:
            for alerts in self.alerts.values():
                alerts.pop(id_, None)
            return
        alert = _alert.decode(record.value)
        before = self.alerts[alert.subject].get(alert.id)
        self.alerts[alert.subject][alert.id] = alert
        if before is not None and same(before, alert):
            self.telling.repeat(f"alert {alert.id} of {alert.subject}; it was said before")

    def _take_view(self, record: Record) -> None:
        subject = (record.key or b"").decode()
        if record.value:
            self.views[subject] = _view.decode(record.value)
        else:
            self.views.pop(subject, None)

"""What a dead letter is worth now: an event that can be sent again, or why not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from journey.engine import EngineSettings
from topics import catalogue
from topics.contracts import SOURCES
from topics.deadletters import CONNECT, LEFT_OUT, REASON
from topics.decode import EventDecoder
from topics.errors import BadEvent
from topics.rekeyed import ARRIVAL, KEY, ORIGIN

REDRIVEN: Final = "touchstone_redriven"
"""The header of what was sent again: PARTITION-OFFSET of its dead letter."""

_OURS: Final = {REASON, LEFT_OUT, REDRIVEN, ARRIVAL, ORIGIN, KEY}

Header = tuple[str, "bytes | None"]
Why = Literal["late", "ahead of time", "of no use", "left out"]
"""Why a letter stays: too old, early still, no event still, or the message is not in it."""

_ON_THE_WAY_MS: Final = 60_000
"""An event this close to being late might be so when it arrives, and be a dead letter again."""


class Again(msgspec.Struct, frozen=True):
    """An event as it is sent again, to the partition of its key."""

    topic: str
    key: bytes
    value: bytes
    headers: list[Header]


class Letter(msgspec.Struct, frozen=True):
    """A dead letter; `name` is PARTITION-OFFSET."""

    name: str
    value: bytes | None
    headers: tuple[Header, ...]

    @property
    def said(self) -> dict[str, str]:
        """Give what its headers say, the last of a name."""
        return {name: (value or b"").decode("utf-8", "replace") for name, value in self.headers}

    @property
    def topic(self) -> str:
        """Give the topic that it came on, empty where that is not told."""
        return self.said.get(f"{CONNECT}topic", "")

    @property
    def reason(self) -> str:
        """Give the word that says why it is here, empty where that is not told."""
        return self.said.get(REASON, "")


class Judge:
    """Judges letters by the rules that the detector has, as events that arrive `now` (ms)."""

    def __init__(self, settings: EngineSettings, now: int) -> None:
        self._settings = settings
        self._now = now
        self._decoder = EventDecoder(())

    def judge(self, letter: Letter) -> Again | Why:
        """Say what to send again, or why the letter stays."""
        if LEFT_OUT in letter.said:
            return "left out"
        try:
            event = self._decoder.decode(letter.value, self._now)
        except BadEvent:
            return "of no use"
        if event.t < self._now + _ON_THE_WAY_MS - self._settings.lateness:
            return "late"
        if event.t > self._now + self._settings.skew:
            return "ahead of time"
        key = event.subject.partition(":")[2].encode()
        topic = letter.topic if letter.topic in SOURCES else catalogue.topic_of(event.name)
        headers = [*original(letter.headers), (REDRIVEN, letter.name.encode())]
        return Again(topic, key, letter.value or b"", headers)


def original(headers: Iterable[Header]) -> list[Header]:
    """Give the headers that the message came with."""
    return [one for one in headers if not one[0].startswith(CONNECT) and one[0] not in _OURS]

"""What a partition has said since its last flush: transitions and alerts, in order."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from journey.said import Alert, Said, Transition
from services.detector.records import Outgoing
from topics.contracts import ALERTS, TRANSITIONS
from topics.wire import encode_alert, encode_transition, transition_headers


class Spoken(msgspec.Struct, frozen=True):
    """One thing said, and the arrival (ms) of the event that made it so; None by a deadline."""

    word: Transition | Alert
    arrival: int | None


class Speech:
    """Collects what is said, for one flush."""

    def __init__(self) -> None:
        self.spoken: list[Spoken] = []

    def __len__(self) -> int:
        """Count the words."""
        return len(self.spoken)

    def say(self, said: Said, arrival: int | None) -> None:
        """Take over what one step of the engine said."""
        self.spoken += [Spoken(word, arrival) for word in said.transitions]
        self.spoken += [Spoken(word, arrival) for word in said.alerts]

    def outgoing(self) -> Iterator[Outgoing]:
        """Give the messages, each keyed as its topic wants it."""
        for spoken in self.spoken:
            word = spoken.word
            if isinstance(word, Transition):
                key, headers = word.subject.encode(), transition_headers(word)
                yield Outgoing(TRANSITIONS, key, encode_transition(word), headers)
            else:
                yield Outgoing(ALERTS, word.id.encode(), encode_alert(word))

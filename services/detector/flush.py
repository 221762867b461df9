"""What must become durable together, and how it gathers between two flushes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from journey.said import Said
from services.detector.intake import Forward, Refusal, dead_letter, forwarded
from services.detector.journeys import Loaded
from services.detector.records import Outgoing, Record, Work
from services.detector.speech import Speech, Spoken
from services.detector.tally import Tally


class Flush(msgspec.Struct, frozen=True):
    """What must become durable together, with what there is to count of it."""

    work: Work
    clock: int
    spoken: Sequence[Spoken]
    tally: Tally


class Draft:
    """What the next flush will hold beside the journeys: words, dead letters, counts.

    `moved` says whether anything was read, and so an offset has to be committed; `unsettled`
    whether something came out of order, so that what it says is found when the flush is taken.
    """

    def __init__(self) -> None:
        self.tally = Tally()
        self.speech = Speech()
        self.dead: list[Outgoing] = []
        self.forwarded: list[Outgoing] = []
        self.moved = False
        self.unsettled = False

    def __len__(self) -> int:
        """Count the messages."""
        return len(self.speech) + len(self.dead) + len(self.forwarded)

    def say(self, loaded: Loaded, said: Said, arrival: int | None) -> None:
        """Take over what one step of the engine said of a journey."""
        loaded.said = loaded.said or bool(said)
        self.speech.say(said, arrival)

    def forward(self, topic: str, partition: int, record: Record, to: Forward) -> None:
        """Send a record on to the partition number it belongs to."""
        self.forwarded.append(forwarded(topic, partition, record, to))
        self.tally.forwarded += 1

    def refuse(self, topic: str, partition: int, record: Record, refusal: Refusal) -> None:
        """Make a dead letter of a record."""
        self.dead.append(dead_letter(topic, partition, record, refusal))
        self.tally.dead[refusal.stage, refusal.reason] += 1

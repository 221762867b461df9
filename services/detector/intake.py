"""What a record is: an event to fold, a clock mark, or something of no use."""

from __future__ import annotations

import msgspec

from journey.engine import Engine
from journey.event import Event
from services.detector.records import Outgoing, Record
from topics.contracts import DEAD_LETTERS
from topics.deadletters import Stage, dead_letter_headers
from topics.decode import EventDecoder
from topics.errors import BadEvent
from topics.marks import mark_of
from topics.partition import partition_of


class Mark(msgspec.Struct, frozen=True):
    """How far the clock of a history has come, ms."""

    clock: int


class Refusal(msgspec.Struct, frozen=True):
    """Why a record is not folded: where, in one word, by which rule, in one sentence."""

    stage: Stage
    reason: str
    rule: str
    message: str

    @property
    def is_bad_input(self) -> bool:
        """Whether the producer did wrong; an event that is merely late or early is well formed."""
        return self.stage != "admit"


class Intake:
    """Judges records for one partition number of `count`."""

    def __init__(self, engine: Engine, decoder: EventDecoder, number: int, count: int) -> None:
        self._engine = engine
        self._decoder = decoder
        self._number = number
        self._count = count

    def judge(self, record: Record) -> Event | Mark | Refusal:
        """Say what a record is; depends on nothing but the record."""
        try:
            if not record.value and (mark := mark_of(record.headers)) is not None:
                return Mark(mark)
            event = self._decoder.decode(record.value, record.timestamp)
        except BadEvent as bad:
            return Refusal("decode", bad.reason, type(bad).__name__, str(bad))
        return self._refused(event) or event

    def _refused(self, event: Event) -> Refusal | None:
        key = event.subject.partition(":")[2].encode()
        home = partition_of(key, self._count)
        if home != self._number:
            return Refusal(
                "route",
                "misrouted",
                "Misrouted",
                f"the customer's id hashes to partition {home}, the event came on "
                f"{self._number}; expected the key to be userId, else anonymousId, and the "
                "partitioner murmur2 (librdkafka: partitioner=murmur2_random)",
            )
        sentence = self._engine.refusal(event)
        if sentence is None:
            return None
        late = event.t < event.a
        return Refusal("admit", "late" if late else "future", "NotAdmitted", sentence)


def dead_letter(topic: str, partition: int, record: Record, refusal: Refusal) -> Outgoing:
    """Write a refused record down as it came, with where it came from and why it is here."""
    headers = dead_letter_headers(
        topic=topic,
        partition=partition,
        offset=record.offset,
        stage=refusal.stage,
        exception=refusal.rule,
        message=refusal.message,
        reason=refusal.reason,
    )
    stamp = record.timestamp if record.timestamp >= 0 else None
    return Outgoing(DEAD_LETTERS, record.key, record.value, [*record.headers, *headers], stamp)

"""What a record is: an event to fold or to forward, a clock mark, or something of no use."""

from __future__ import annotations

import msgspec

from journey.engine import Engine
from journey.event import Event
from services.detector.records import Outgoing, Record
from topics.contracts import DEAD_LETTERS, REKEYED
from topics.deadletters import LARGEST, Stage, dead_letter_headers, left_out, size_of
from topics.decode import EventDecoder, arrival_of
from topics.envelope import EARLIEST, LATEST
from topics.errors import BadEvent
from topics.marks import mark_of
from topics.partition import partition_of
from topics.rekeyed import Origin, origin_of


class Mark(msgspec.Struct, frozen=True):
    """How far the clock of a history has come, ms."""

    clock: int


class Forward(msgspec.Struct, frozen=True):
    """To which partition number an event has to go; `key` is its customer's id."""

    home: int
    key: bytes


class Refusal(msgspec.Struct, frozen=True):
    """Why a record is not folded: where, in one word, by which rule, in one sentence."""

    stage: Stage
    reason: str
    rule: str
    message: str

    @property
    def is_bad_input(self) -> bool:
        """Whether the producer did wrong; what came too late or too early is well formed."""
        return self.stage not in {"admit", "decide"}


class Intake:
    """Judges records for one partition number of `count`."""

    def __init__(self, engine: Engine, decoder: EventDecoder, number: int, count: int) -> None:
        self._engine = engine
        self._decoder = decoder
        self._number = number
        self._count = count

    def judge(self, record: Record) -> Event | Mark | Forward | Refusal:
        """Say what a record of a source is; depends on nothing but the record."""
        try:
            if not record.value and (mark := mark_of(record.headers)) is not None:
                return Mark(mark)
            event = self._decoder.decode(record.value, arrival_of(record.timestamp))
        except BadEvent as bad:
            return undecodable(bad)
        return self._refused(event) or self._elsewhere(event, record) or event

    def judge_forwarded(self, record: Record) -> Event | Refusal:
        """Say what a record of `events.rekeyed` is: an event of this number, or a fault."""
        try:
            origin = origin_of(record.headers, record.timestamp)
            event = self._decoder.decode(record.value, origin.arrival)
        except BadEvent as bad:
            return undecodable(bad)
        home = partition_of(_customer(event), self._count)
        if home != self._number:
            # Sent on, it might go round for ever.
            sentence = (
                f"the customer's id hashes to partition {home}, the event was forwarded to "
                f"{self._number}; expected only the detector to write here, and the number of "
                "partitions to stay as it is"
            )
            return Refusal("route", "misrouted", "Misrouted", sentence)
        return self._refused(event) or event

    def _refused(self, event: Event) -> Refusal | None:
        sentence = self._engine.refusal(event)
        if sentence is None:
            return None
        late = event.t < event.a
        return Refusal("admit", "late" if late else "future", "NotAdmitted", sentence)

    def _elsewhere(self, event: Event, record: Record) -> Forward | Refusal | None:
        """Say where an event of another number has to go; its customer's others are there."""
        key = _customer(event)
        home = partition_of(key, self._count)
        if home == self._number:
            return None
        size = size_of(record.key, record.value, record.headers)
        if size > LARGEST:
            sentence = (
                f"it belongs to partition {home} and came on {self._number}, but is {size} bytes, "
                f"and up to {LARGEST} can be forwarded; expected the key to be userId, else "
                "anonymousId, and the partitioner murmur2 (librdkafka: murmur2_random)"
            )
            return Refusal("route", "too_large", "Misrouted", sentence)
        return Forward(home, key)


def _customer(event: Event) -> bytes:
    """Give the id that the customer's events are keyed by."""
    return event.subject.partition(":")[2].encode()


def undecodable(bad: BadEvent) -> Refusal:
    """Refuse a record for what is wrong in it."""
    return Refusal("decode", bad.reason, type(bad).__name__, str(bad))


def forwarded(topic: str, partition: int, record: Record, to: Forward) -> Outgoing:
    """Write an event down for the number it belongs to, with where and when it came first."""
    origin = Origin(topic, partition, record.offset, record.timestamp, record.key)
    return Outgoing(
        REKEYED, to.key, record.value, origin.headers(), record.timestamp, partition=to.home
    )


def dead_letter(topic: str, partition: int, record: Record, refusal: Refusal) -> Outgoing:
    """Write a refused record down as it came, with where it came from and why it is here.

    What was compressed on its way here may be larger than a topic takes: then only the reasons
    are written, and the message stays where they say.
    """
    headers = dead_letter_headers(
        topic=topic,
        partition=partition,
        offset=record.offset,
        stage=refusal.stage,
        exception=refusal.rule,
        message=refusal.message,
        reason=refusal.reason,
    )
    stamp = record.timestamp if EARLIEST <= record.timestamp < LATEST else None
    size = size_of(record.key, record.value, record.headers)
    if size > LARGEST:
        return Outgoing(DEAD_LETTERS, None, None, [*headers, left_out(size)], stamp)
    return Outgoing(DEAD_LETTERS, record.key, record.value, [*record.headers, *headers], stamp)

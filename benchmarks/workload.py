"""The events that every contender reads: real ones, repeated as other customers side by side.

All copies of an event happen at the same instant, so that as many times more customers are busy
at once, as in a larger firm, and arrivals never fall. The events have their own arrivals: the
deployment is on the events clock, and the sources without events hold clock marks, as `touchstone
send --history` writes them. The others hold events alone: what the peers read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil

import msgspec

from benchmarks.feed import Record, load
from journey.folding import AHEAD
from journey.instant import DAY
from topics.catalogue import topic_of
from topics.contracts import SOURCES
from topics.decode import EventDecoder
from topics.marks import mark_headers
from topics.partition import partition_of
from touchstone.producing import Sender

PARTITIONS = 4
CART, ORDER = "Product Added", "Order Completed"
WITHIN = DAY
"""The deadline of two-line.yaml, ms."""

_MARK_EVERY = 10_000


class _Ids(msgspec.Struct, rename="camel"):
    message_id: str
    user_id: str


class Step(msgspec.Struct, frozen=True):
    """What a funnel needs of an event: whose, what, and when (ms)."""

    subject: str
    name: str
    t: int


class _Template(msgspec.Struct, frozen=True):
    """An event in parts, to be put together with other ids."""

    arrival: int
    topic: str
    user: str
    message: str
    value: bytes

    def made(self, copy: int) -> tuple[int, str, str, bytes]:
        """Give the event as that of another customer."""
        user, message = f"{self.user}-{copy}", f"{self.message}-{copy}"
        return self.arrival, self.topic, user, self.value % (message.encode(), user.encode())


class TooFewError(Exception):
    """The events are so few that partitions would come to different ends."""


class Workload:
    """Real events, `copies` times: so many that there are at least `events` of them.

    Raises TooFewError.
    """

    def __init__(self, files: Sequence[str], events: int) -> None:
        records = load(files)
        decode = EventDecoder(()).decode
        self.records: list[Record] = records
        self.steps = [
            Step(event.subject, event.name, event.t)
            for event in (decode(value, arrival) for arrival, value in records)
        ]
        self.copies = ceil(events / len(records))
        self.events = self.copies * len(records)
        self.customers = self.copies * len({step.subject for step in self.steps})
        self._templates = [
            _template(record, step) for record, step in zip(records, self.steps, strict=True)
        ]
        self.topics = sorted({template.topic for template in self._templates})
        """The source topics that have events."""
        self.until = min(self._ends())
        """How far the clock comes, ms: the source that ends first holds it there."""

    def _ends(self) -> Iterator[int]:
        """Give how far every topic comes, ms. Raises TooFewError where its partitions differ."""
        for topic in self.topics:
            last = [template for template in self._templates if template.topic == topic][-1]
            users = (f"{last.user}-{copy}".encode() for copy in range(self.copies))
            if len({partition_of(user, PARTITIONS) for user in users}) < PARTITIONS:
                raise TooFewError(
                    f"{self.events:,} events are too few for every partition to have some of the "
                    f"last of {topic}; expected about {PARTITIONS * len(self.records) * 4:,}"
                )
            yield last.arrival - 1  # more might come in its millisecond

    def values(self) -> Iterator[tuple[int, str, str, bytes]]:
        """Give arrival, topic, customer and value of every event, in the order of arrival."""
        for template in self._templates:
            for copy in range(self.copies):
                yield template.made(copy)

    def in_turn(self) -> Iterator[tuple[int, str, str, bytes]]:
        """Give the same, one copy of all after the other: for who needs a steady mixture."""
        for copy in range(self.copies):
            for template in self._templates:
                yield template.made(copy)

    async def send(self, sender: Sender) -> None:
        """Write the events with their arrivals, and marks to the sources without events."""
        for topic in SOURCES:
            await sender.partitions(topic)
        partitions: dict[str, int] = {}
        for sent, (arrival, topic, user, value) in enumerate(self.values()):
            if sent % _MARK_EVERY == 0:
                await self._mark(sender, arrival - 1)
            number = partitions.get(user)
            if number is None:
                number = partitions[user] = partition_of(user.encode(), PARTITIONS)
            await sender.record((topic, number), user.encode(), value, arrival)
        await self._mark(sender, self.records[-1][0])
        await sender.flush()

    async def _mark(self, sender: Sender, clock: int) -> None:
        for topic in SOURCES:
            for number in range(PARTITIONS):
                if topic not in self.topics:
                    await sender.record((topic, number), None, b"", clock, mark_headers(clock))


def _template(record: Record, step: Step) -> _Template:
    arrival, value = record
    ids = msgspec.json.decode(value, type=_Ids)
    value = value.replace(b"%", b"%%")
    for name, text in (("messageId", ids.message_id), ("userId", ids.user_id)):
        old = f'"{name}":"{text}"'.encode()
        assert value.count(old) == 1, f"{name} is not written as expected in {value[:80]!r}"
        value = value.replace(old, f'"{name}":"%b"'.encode())
    assert value.index(b'"messageId"') < value.index(b'"userId"')
    return _Template(arrival, topic_of(step.name), ids.user_id, ids.message_id, value)


def funnel(steps: Sequence[Step], within: int | None, until: int | None = None) -> Counter[str]:
    """Say by the plain rule what the two-line job must write of one copy: how often each word.

    A cart is opened by what is put into it, and met by an order, `within` (ms) or at any time.
    `missed` is that there was none within it, as the clock comes to `until` (ms); what has
    arrived counts a little beyond that, up to the first deadline.
    """
    opened: dict[str, int] = {}
    said: Counter[str] = Counter()
    waiting: set[str] = set()  # for a deadline that the clock has not come to
    for step in steps:
        at = opened.get(step.subject)
        if until is not None and step.t > until:
            if at is not None and within is not None and step.t > at + within:
                waiting.add(step.subject)
            if step.t > until + AHEAD or step.subject in waiting:
                continue
        if at is not None and within is not None and step.t > at + within:
            del opened[step.subject]
            said["missed"] += 1
            at = None
        if step.name == CART and at is None:
            opened[step.subject] = step.t
            said["open"] += 1
        elif step.name == ORDER and at is not None:
            del opened[step.subject]
            said["met"] += 1
    if within is not None and until is not None:
        said["missed"] += sum(at + within < until for at in opened.values())
    return +said  # without what was never said

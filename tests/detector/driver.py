"""A partition without a broker: pipe records in, tick, read what would be committed."""

from __future__ import annotations

from typing import Any

import msgspec

from journey.engine import Engine
from journey.instant import format_instant
from services.detector.clock import EventsClock, Published, WallClock
from services.detector.flush import Flush
from services.detector.limits import Limits
from services.detector.partition import Partition
from services.detector.records import RecordSet
from services.detector.stores.copy import Copy
from services.detector.stores.memory import MemoryCopy
from tests.detector.shop import engine
from topics.contracts import READ, REKEYED, SOURCES, TRANSITIONS, Clock
from topics.decode import EventDecoder
from topics.envelope import routing_key, topic_for
from topics.partition import partition_of

START = 1_790_000_000_000
COUNT = 4


class Piped(msgspec.Struct, frozen=True):
    """A record as a consumer would give it."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]] = []


class Driver:
    """One partition, its store, and its sources as lists."""

    def __init__(
        self,
        number: int = 0,
        clock: Clock = "wall",
        limits: Limits | None = None,
        models: Engine | None = None,
        states: Copy | None = None,
    ) -> None:
        self.number = number
        self.kind: Clock = clock
        self.limits = limits or Limits()
        self.engine = models or engine()
        self.states = states or MemoryCopy()
        self.offsets = dict.fromkeys(READ, 0)
        self.metadata = ""
        self.log: dict[str, list[Piped]] = {topic: [] for topic in READ}
        self.now = START
        self.restart()

    def restart(self) -> None:
        """Begin again with what was committed, as another worker would."""
        published = msgspec.json.decode(self.metadata or "{}", type=Published)
        clock = WallClock if self.kind == "wall" else EventsClock
        self.partition = Partition(
            self.number,
            COUNT,
            self.engine,
            EventDecoder(self.engine.fields),
            self.states,
            self.offsets,
            clock(self.offsets, published),
            self.limits,
        )

    def customer(self, nth: int = 0) -> str:
        """Give the id of the nth customer of this partition."""
        found = (f"u{i}" for i in range(10_000) if partition_of(b"u%d" % i, COUNT) == self.number)
        return [next(found) for _ in range(nth + 1)][-1]

    def append(self, topic: str, record: dict[str, Any]) -> None:
        """Write to a source; without more, now."""
        log = self.log[topic]
        log.append(msgspec.convert({"offset": len(log), "timestamp": self.now, **record}, Piped))

    def event(self, name: str, at: int | None = None, *, who: str = "", **properties: Any) -> None:
        """Write an event to its source."""
        topic = topic_for({"type": "track", "event": name})
        body = {
            "messageId": f"{topic}-{len(self.log[topic])}",
            "type": "track",
            "event": name,
            "userId": who or self.customer(),
            "timestamp": format_instant(self.now if at is None else at),
            "properties": properties,
        }
        key = routing_key(body)
        self.append(topic, {"key": key, "value": msgspec.json.encode(body)})

    def read(self) -> None:
        """Fold all that was written and not yet folded."""
        for topic in self.log:
            self.read_from(topic)
        self.hear()

    def read_from(self, topic: str) -> int | None:
        """Fold what is new in one source."""
        at = self.partition.positions[topic]
        end = len(self.log[topic])
        return self.partition.fold(RecordSet(topic, self.number, self.log[topic][at:], at, end))

    def tick(self, to: int | None = None) -> None:
        """Let the worker's clock come to an instant, and fire what is due."""
        self.now = to or self.now
        for topic in SOURCES:
            self.partition.clock.barrier(topic, self.now, len(self.log[topic]))
        self.hear()
        self.partition.tick()

    def hear(self) -> None:
        """Learn what others have to forward: nothing but this one's own, for there are none."""
        own = self.partition.clock.own
        if own is not None:
            self.partition.clock.barrier(REKEYED, own, len(self.log[REKEYED]))

    def flush(self) -> Flush | None:
        """Commit, as the transport does."""
        flush = self.partition.take()
        if flush is not None:
            self.states.commit(flush.work.states, (self.states.offset or 0) + 1, self.now)
            self.offsets = dict(flush.work.offsets)
            self.metadata = flush.work.metadata
            self.partition.committed()
        return flush

    def said(self) -> list[tuple[str | None, str]]:
        """Commit and give (moment, state) of each transition."""
        flush = self.flush()
        out = flush.work.outgoing if flush else ()
        words = [msgspec.json.decode(one.value or b"") for one in out if one.topic == TRANSITIONS]
        return [(word["moment"], word["to"]) for word in words if word["kind"] == "moment"]

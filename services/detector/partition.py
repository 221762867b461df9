"""One partition number: folds what is read, keeps its customers' journeys, says what changed.

Pure and synchronous: no Kafka, no wall clock, no logging. Whoever drives it reads, commits what
`take` gives in one transaction, writes the states to the store and calls `committed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from journey.engine import Engine
from journey.event import Event
from journey.said import Said
from services.detector import state
from services.detector.clock import PartitionClock
from services.detector.due import DueIndex
from services.detector.flood import Flood
from services.detector.intake import Intake, Mark, Refusal, dead_letter
from services.detector.journeys import Journeys, Loaded
from services.detector.records import Outgoing, Record, RecordSet, Work
from services.detector.speech import Speech, Spoken
from services.detector.tally import Gap, Tally
from topics.contracts import JOURNEYS
from topics.decode import EventDecoder
from topics.wire import encode_view


class Limits(msgspec.Struct, frozen=True):
    """How much a worker keeps in memory, and how much useless input it stands.

    `journeys` are kept decoded. A worker stops when more than `bad_share` of the last
    `bad_window` messages, or more, of a partition number are of no use.
    """

    journeys: int = 20_000
    bad_window: int = 1_000
    bad_share: float = 0.5

    def shared_by(self, partitions: int) -> Limits:
        """Give the limits of one of so many partition numbers."""
        return msgspec.structs.replace(self, journeys=max(1, self.journeys // partitions))


class Flush(msgspec.Struct, frozen=True):
    """What must become durable together, with what there is to count of it."""

    work: Work
    clock: int
    spoken: Sequence[Spoken]
    tally: Tally


class Partition:
    """The journeys of one partition number of `count`, of all sources together."""

    def __init__(
        self,
        number: int,
        count: int,
        engine: Engine,
        decoder: EventDecoder,
        states: Mapping[bytes, bytes],
        positions: Mapping[str, int],
        clock: PartitionClock,
        limits: Limits,
    ) -> None:
        self.number = number
        self.clock = clock
        self.positions = dict(positions)
        self._engine = engine
        self._intake = Intake(engine, decoder, number, count)
        self._journeys = Journeys(engine, states, limits.journeys)
        self._due = DueIndex(self._journeys.due_of, self._journeys.all_due())
        self._flood = Flood(limits.bad_window, limits.bad_share)
        self._removable_after = max(engine.settings.lateness, engine.settings.merge)
        self._unindexed: dict[bytes, Loaded] = {}
        self._jumps: dict[str, tuple[int, int]] = {}
        self._begin()

    def _begin(self) -> None:
        self._tally = Tally()
        self._speech = Speech()
        self._dead: list[Outgoing] = []
        self._moved = False

    @property
    def pending(self) -> int:
        """How many messages, about, the next flush would write."""
        return self._journeys.dirty_count + len(self._speech) + len(self._dead)

    @property
    def in_memory(self) -> int:
        """How many journeys are decoded."""
        return len(self._journeys)

    @property
    def due(self) -> int:
        """How many journeys wait for an instant."""
        return len(self._due)

    def fold(self, taken: RecordSet) -> int | None:
        """Fold a set of records, without those that were folded before.

        Gives an offset to read again from where records are missing before the set. Missing
        a second time, they are gone from the log, which is counted. Raises TooManyBad.
        """
        at = self.positions[taken.topic]
        if taken.reached <= at:
            return None
        if taken.begin > at and not self._is_gone(taken, at):
            return at
        records = [record for record in taken.records if record.offset >= at]
        stamp = self._fold_all(taken.topic, records) if records else None
        self.positions[taken.topic] = taken.reached
        self.clock.folded(taken.topic, taken.reached, stamp)
        return None

    def tick(self) -> None:
        """Move to where the clock has come and fire what is due: deadlines, expiries."""
        clock = self.clock.advance()
        self._index_changed()
        for key in self._due.take(clock):
            loaded = self._journeys.change(key)
            self._say(loaded, self._engine.advance(loaded.journey, clock), None)
            self._index(key, loaded)
            if loaded.due is not None and loaded.due <= clock:
                raise AssertionError(f"still due at {loaded.due} after advancing to {clock}")

    def take(self, *, even_if_idle: bool = False) -> Flush | None:
        """Give all that changed since the last time, every journey advanced to the clock.

        None where there is nothing to commit. One flush may be under way at a time: call
        `committed` when it is durable and its states are in the store.
        """
        self.tick()
        if not (self._moved or self.pending or even_if_idle):
            return None
        said = self._speech.outgoing()
        states, views = self._encode_changed()
        self._journeys.fly(states)
        work = Work(
            partition=self.number,
            outgoing=[*said, *views, *self._dead],
            states=states,
            offsets=dict(self.positions),
            metadata=self.clock.published().text(),
        )
        self._tally.created, self._tally.loaded = self._journeys.take_counts()
        flush = Flush(work, self.clock.now, self._speech.spoken, self._tally)
        self._begin()
        return flush

    def committed(self) -> None:
        """Note that the last flush is durable and its states are in the store."""
        self._journeys.landed()

    def _is_gone(self, taken: RecordSet, at: int) -> bool:
        jump = (at, taken.begin)
        if self._jumps.get(taken.topic) != jump:
            self._jumps[taken.topic] = jump
            return False
        self._tally.gaps.append(Gap(taken.topic, *jump))
        return True

    def _fold_all(self, topic: str, records: Sequence[Record]) -> int | None:
        """Fold records and give the highest arrival (ms) of the events among them."""
        stamp = None
        bad = 0
        for record in records:
            found = self._intake.judge(record)
            if isinstance(found, Refusal):
                self._refuse(topic, record, found)
                bad += found.is_bad_input
                if found.is_bad_input:
                    continue
            if isinstance(found, Mark):
                self.clock.marked(topic, found.clock)
            elif stamp is None or record.timestamp > stamp:
                stamp = record.timestamp
            if isinstance(found, Event):
                self._step(found)
        self._moved = True
        self._tally.read[topic] += len(records)
        self._flood.add(len(records), bad)
        return stamp

    def _refuse(self, topic: str, record: Record, refusal: Refusal) -> None:
        self._dead.append(dead_letter(topic, self.number, record, refusal))
        self._tally.dead[refusal.stage, refusal.reason] += 1

    def _step(self, event: Event) -> None:
        self._tally.decoded += 1
        if self._engine.reads(event.name):
            self._tally.folded += 1
            key = event.subject.encode()
            loaded = self._journeys.change(key)
            self._unindexed[key] = loaded
            said = self._engine.step(loaded.journey, event, self.clock.now)
            if said:
                self._say(loaded, said, event.a)

    def _say(self, loaded: Loaded, said: Said, arrival: int | None) -> None:
        loaded.said = loaded.said or bool(said)
        self._speech.say(said, arrival)

    def _index_changed(self) -> None:
        unindexed, self._unindexed = self._unindexed, {}
        for key, loaded in unindexed.items():
            self._index(key, loaded)

    def _index(self, key: bytes, loaded: Loaded) -> None:
        due = self._engine.due(loaded.journey)
        if due is None:
            # Nothing more will happen by itself; look again when the state may be removed.
            due = loaded.journey.clock + self._removable_after + 1
        loaded.due = due
        self._due.put(key, due)

    def _encode_changed(self) -> tuple[dict[bytes, bytes | None], list[Outgoing]]:
        """Encode the changed journeys for the changelog and, where it shows, for the public."""
        states: dict[bytes, bytes | None] = {}
        views = []
        for key, loaded in self._journeys.take_changed().items():
            if self._engine.expired(loaded.journey, self.clock.now):
                if self._remove(key):
                    states[key] = None
                    views.append(Outgoing(JOURNEYS, key, None))
                continue
            view = self._engine.view(loaded.journey)
            deadline = state.checksum(view["next_deadline"])
            if loaded.said or deadline != loaded.deadline:
                views.append(Outgoing(JOURNEYS, key, encode_view(view)))
            loaded.said, loaded.deadline = False, deadline
            self._engine.cut(loaded.journey)
            body = self._engine.encode(loaded.journey)
            states[key] = state.pack(state.Header(loaded.due, deadline), body)
        return states, views

    def _remove(self, key: bytes) -> bool:
        """Forget a journey; say whether it was ever written down."""
        self._due.put(key, None)
        self._journeys.forget(key)
        kept = self._journeys.is_kept(key)
        self._tally.removed += kept
        return kept

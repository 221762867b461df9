"""One partition number: folds what is read, keeps its customers' journeys, says what changed.

Pure and synchronous: no Kafka, no wall clock, no logging. Whoever drives it reads, commits what
`take` gives in one transaction, writes the states to the store and calls `committed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from journey.engine import Engine
from journey.event import Event
from services.detector.changed import encode_changed
from services.detector.clock import PartitionClock
from services.detector.flood import Flood
from services.detector.flush import Draft, Flush
from services.detector.intake import Forward, Intake, Mark
from services.detector.journeys import Journeys
from services.detector.limits import Limits
from services.detector.operators import Operators
from services.detector.records import Record, RecordSet, Work
from services.detector.stores.copy import States
from services.detector.tally import Gap
from services.detector.timers import Timers
from topics.contracts import ALERT_ACTIONS, REKEYED, SOURCES
from topics.decode import EventDecoder


class Partition:
    """The journeys of one partition number of `count`, of all sources together."""

    def __init__(
        self,
        number: int,
        count: int,
        engine: Engine,
        decoder: EventDecoder,
        states: States,
        positions: Mapping[str, int],
        clock: PartitionClock,
        limits: Limits,
    ) -> None:
        self.number = number
        self.clock = clock
        self.positions = dict(positions)
        self.engine = engine
        self._count = count
        self._adopted: tuple[Engine, EventDecoder] | None = None
        self._intake = Intake(engine, decoder, number, count)
        self._journeys = Journeys(engine, states, limits.journeys)
        self._timers = Timers(engine, self._journeys, states)
        self._operators = Operators(engine, self._journeys, self._timers, number, count)
        self._flood = Flood(limits.bad_window, limits.bad_share)
        self._jumps: dict[str, tuple[int, int]] = {}
        self._draft = Draft()

    @property
    def pending(self) -> int:
        """How many messages, about, the next flush would write."""
        return self._journeys.dirty_count + len(self._draft)

    @property
    def wants_flush(self) -> bool:
        """Whether anything was read or changed that is to be committed soon."""
        return self._draft.moved or self.pending > 0

    @property
    def has_messages(self) -> bool:
        """Whether the next flush holds messages that somebody waits for, or is to find some."""
        return len(self._draft) > 0 or self._draft.unsettled

    @property
    def in_memory(self) -> int:
        """How many journeys are decoded."""
        return len(self._journeys)

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
        self.positions[taken.topic] = taken.reached
        # The others wait for what is committed of the sources, be it the end of a transaction.
        self._draft.moved |= bool(records) or taken.topic in SOURCES
        if taken.topic == ALERT_ACTIONS:
            self._act_all(records)  # the clock does not wait for what operators do
        else:
            stamp = self._fold_all(taken.topic, records) if records else None
            self.clock.folded(taken.topic, taken.reached, stamp)
        return None

    def tick(self) -> None:
        """Move towards where the clock has come and fire what is due: deadlines, expiries.

        Where very much is due the clock stops on the way, and goes on with the next tick.
        """
        self.clock.now = self._timers.reach(self.clock.now, self.clock.allowed())
        for loaded, said in self._timers.fire(self.clock.now):
            self._draft.say(loaded, said, None)

    def adopt(self, engine: Engine, decoder: EventDecoder) -> None:
        """Go on under other models after the next `take`, when all journeys are written down.

        What they differ in is stamped later than all that was folded, and than the clock.
        """
        self._adopted = engine, decoder

    def take(self, *, even_if_idle: bool = False) -> Flush | None:
        """Give all that changed since the last time, every journey advanced to the clock.

        None where there is nothing to commit. One flush may be under way at a time: call
        `committed` when it is durable and its states are in the store.
        """
        self.tick()
        flush = self._take() if self.wants_flush or even_if_idle else None
        if self._adopted is not None:
            self._change_models(*self._adopted)
        return flush

    def committed(self) -> None:
        """Note that the last flush is durable and its states are in the store."""
        self._timers.landed(self._journeys.landed())

    def _take(self) -> Flush:
        draft, self._draft = self._draft, Draft()
        changed = encode_changed(self.engine, self._journeys, self.clock.now)
        for key in changed.forgotten:
            self._timers.forget(key)
        self._journeys.fly(changed.states)
        work = Work(
            partition=self.number,
            outgoing=[*draft.speech.outgoing(), *changed.views, *draft.forwarded, *draft.dead],
            states=changed.states,
            offsets=dict(self.positions),
            metadata=self.clock.published().text(),
        )
        tally = draft.tally
        tally.created, tally.loaded = self._journeys.take_counts()
        tally.removed = sum(one is None for one in changed.states.values())
        return Flush(work, self.clock.now, draft.speech.spoken, tally)

    def _change_models(self, engine: Engine, decoder: EventDecoder) -> None:
        self.engine, self._adopted = engine, None
        self._intake = Intake(engine, decoder, self.number, self._count)
        self._journeys.adopt(engine)
        self._timers.adopt(engine)
        self._operators.adopt(engine)

    def _is_gone(self, taken: RecordSet, at: int) -> bool:
        jump = (at, taken.begin)
        before = self._jumps.get(taken.topic)
        if before == jump:
            self._draft.tally.gaps.append(Gap(taken.topic, *jump))
            return True
        # Sets that were fetched after the first jump come before what is read again.
        if before is None or before[0] != at or taken.begin < before[1]:
            self._jumps[taken.topic] = jump
        return False

    def _fold_all(self, topic: str, records: Sequence[Record]) -> int | None:
        """Fold records and give the highest arrival (ms) of the events among them."""
        stamp = None
        bad = 0
        judge = self._intake.judge_forwarded if topic == REKEYED else self._intake.judge
        for record in records:
            found = judge(record)
            if isinstance(found, Event):
                self._step(found)
            elif isinstance(found, Mark):
                self.clock.marked(topic, found.clock)
                continue
            elif isinstance(found, Forward):
                self._draft.forward(topic, self.number, record, found)
            else:
                self._draft.refuse(topic, self.number, record, found)
                bad += found.is_bad_input
                if found.is_bad_input:
                    continue  # nobody knows what its stamp is worth
            if stamp is None or record.timestamp > stamp:
                stamp = record.timestamp
        self._draft.tally.read[topic] += len(records)
        self._flood.add(len(records), bad)
        return stamp

    def _act_all(self, records: Sequence[Record]) -> None:
        """Let operators' actions come to the alerts as they stand at the clock."""
        bad = 0
        for record in records:
            refusal = self._operators.take(record, self.clock.now, self._draft)
            if refusal is not None:
                self._draft.refuse(ALERT_ACTIONS, self.number, record, refusal)
                bad += refusal.is_bad_input
        self._draft.tally.read[ALERT_ACTIONS] += len(records)
        self._flood.add(len(records), bad)

    def _step(self, event: Event) -> None:
        self._draft.tally.decoded += 1
        if self.engine.reads(event.name):
            self._draft.tally.folded += 1
            key = event.subject.encode()
            loaded = self._journeys.change(key)
            self._timers.note(key, loaded)
            said = self.engine.step(loaded.journey, event, self.clock.now)
            if said:
                self._draft.say(loaded, said, event.a)
            self._draft.unsettled |= loaded.journey.changed_at is not None

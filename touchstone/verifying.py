"""Looks at all subjects, then again at those that differ while commits go on."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Final

from aiokafka.admin import AIOKafkaAdminClient

from journey.engine import Engine
from journey.event import Event
from journey.journey import Journey
from journey.replaying import fold, last_words
from journey.said import Transition
from touchstone.comparing import Span, compare
from touchstone.comparingalerts import compare_alerts
from touchstone.comparingrecords import Faults, check_forwards, check_records
from touchstone.comparingviews import compare_view
from touchstone.errors import WorkFailed
from touchstone.findings import Findings
from touchstone.letterlog import LetterLog
from touchstone.lives import ends_of_lives, remembered_until
from touchstone.reading import Reader
from touchstone.rekeyedlog import RekeyedLog
from touchstone.saidlog import SaidLog
from touchstone.sourcelog import SourceLog, Standing, standing

if TYPE_CHECKING:
    from touchstone.bases import Bases

_ROUNDS: Final = 6
_SURE: Final = 2
"""The first look that believes what it sees of single records, as the one before saw it."""
_FIRST_WAIT_S: Final = 0.5  # doubled each time: longer in all than a transaction may be open


class Verifier:
    """Holds what was said by the detectors against what they have committed."""

    def __init__(self, client: AIOKafkaAdminClient, reader: Reader, engine: Engine) -> None:
        self._client = client
        self._engine = engine
        self._sources = SourceLog(reader, engine)
        self._rekeyed = RekeyedLog(reader, engine, self._sources)
        self._letters = LetterLog(reader)
        self._said = SaidLog(reader)
        self._reader = reader
        self._bases: Bases | None = None
        self._unproven = 0

    async def run(self, subject: str | None) -> Findings:
        """Compare all subjects, or one. Raises WorkFailed where nothing is known of it."""
        findings, unclear, faults = Findings(), set[str](), Faults()
        for at in range(_ROUNDS):
            now, moved = await self._read()
            before, faults = faults, self._faults(now, subject)
            wanted = unclear if at else self._subjects(subject)
            unclear = set()
            forwards, under_way = self._forwards(), self._rekeyed.under_way()
            for one in wanted:
                found = self._compare(one, now)
                found.add(forwards.get(one, Findings()))
                moves = one in under_way or self._sources.number_of(one) in moved
                moves |= one in forwards and at < _SURE
                # Offsets may show a moment before the words of their transaction: look twice.
                if found.clean or (at and not moves):
                    findings.add(found)
                else:
                    unclear.add(one)
            if not unclear and (not faults or (at >= _SURE and faults == before)):
                break
            await asyncio.sleep(_FIRST_WAIT_S * 2**at)
        if subject is None:
            findings.add(self._said.telling)
            for place, found in faults.items():
                if found == before.get(place):
                    findings.add(found)
        findings.notes += self._notes()
        return self._with_pending(findings, unclear)

    def _with_pending(self, findings: Findings, unclear: set[str]) -> Findings:
        """Count those that never stood still, but for forwards that are missing even now."""
        for subject, found in self._forwards().items():
            if subject in unclear:
                unclear.remove(subject)
                findings.add(found)
        findings.pending = len(unclear)
        return findings

    def _forwards(self) -> dict[str, Findings]:
        due = {
            source: event
            for source, event in self._sources.misplaced.items()
            if self._sources.number_of(event.subject) not in self._rekeyed.cut
        }
        return check_forwards(due, self._rekeyed.arrived)

    def _faults(self, now: Standing, subject: str | None) -> Faults:
        """Look at all single records; what is known of one subject does not tell whose they are."""
        if subject is not None:
            return {}
        return check_records(self._sources, self._rekeyed, self._letters, now.offsets)

    async def _read(self) -> tuple[Standing, set[int]]:
        """Read on; give what was committed, and the partition numbers that moved meanwhile."""
        # What is there before the offsets are asked for was committed with them, all else is fresh.
        await self._rekeyed.read()
        await self._letters.read()
        before = await standing(self._client)
        await self._sources.read(before.offsets)
        await self._rekeyed.read()
        await self._letters.read()
        self._rekeyed.place_folded(before.offsets)
        if self._sources.cut:
            await self._read_bases()
        await self._said.read()
        after = await standing(self._client)
        return before, before.moved_to(after)

    async def _read_bases(self) -> None:
        if self._bases is None:
            # The states are the detector's, and with it comes Faust, which takes a second.
            self._bases = import_module("touchstone.bases").Bases(self._reader, self._engine)
        await self._bases.read(self._sources.cut)

    def _subjects(self, wanted: str | None) -> set[str]:
        known = self._sources.subjects() | self._said.subjects()
        if wanted is None:
            return known
        if wanted not in known:
            raise WorkFailed(f"Nothing is known of {wanted}; subjects look like person:u42.")
        return {wanted}

    def _compare(self, subject: str, now: Standing) -> Findings:
        number = self._sources.number_of(subject)
        events = self._sources.events[number].get(subject, [])
        clock = now.clocks.get(number, -1)
        if number not in self._sources.cut:
            span = Span(kept=self._said.kept_from(subject))
            return self._fold(subject, self._engine.open(subject), [], events, clock, span)
        based = self._bases.of(subject) if self._bases else None
        if based is None and self._must_be_kept(subject, events, clock):
            gone = Findings(checked=1)
            gone.lose(f"the state of {subject}; its life is not over, and the changelog has none")
            return gone
        if based is None or based.limit - self._engine.settings.skew < self._sources.cut[number]:
            self._unproven += 1
            return Findings()
        since = [event for event in events if event.t >= based.limit]
        if based.since - {(event.message_id, event.t) for event in since}:
            # Where nothing is left of a topic, it does not tell since when.
            self._unproven += 1
            return Findings()
        span = Span(based.limit, self._said.kept_from(subject))
        return self._fold(subject, based.journey, based.words, since, clock, span)

    def _must_be_kept(self, subject: str, events: list[Event], clock: int) -> bool:
        """Say whether there must be a state of a subject, by what is left of it elsewhere."""
        words = self._said.transitions.get(subject, [])
        until = remembered_until(self._engine, subject, events, words)
        return subject in self._said.views or (until is not None and clock < until)

    def _fold(
        self,
        subject: str,
        journey: Journey,
        words: list[Transition],
        events: list[Event],
        clock: int,
        span: Span,
    ) -> Findings:
        """Fold a journey on, and compare all that it comes to."""
        said = self._said
        alerts = said.alerts.get(subject, {}).values()
        for alert in alerts:
            self._engine.assume(journey, alert)
        expected = last_words([*words, *fold(self._engine, journey, events, clock).transitions])
        ends = ends_of_lives(self._engine, subject, events)
        findings = compare(expected, said.transitions.get(subject, []), ends, span)
        forgotten = {part.name for part in journey.live.parts if span.base or len(part.lives) > 1}
        findings.add(compare_alerts(self._engine.alerts(journey), alerts, forgotten))
        view = self._engine.view(journey) if journey.live.parts else None
        findings.add(compare_view(subject, view, said.views.get(subject)))
        return findings

    def _notes(self) -> list[str]:
        """Say what could not be proven from the events alone."""
        if not self._sources.cut:
            return []
        numbers = ", ".join(map(str, sorted(self._sources.cut)))
        note = (
            f"Retention has removed the beginning of the source topics in partitions {numbers}: "
            f"what is there was folded from the bases of the detectors' states; {self._unproven} "
            "subjects have none from which all events are there, and were left out."
        )
        return [note]

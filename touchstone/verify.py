"""`touchstone verify`: proof in production.

Folds what the detectors have committed of the source topics, up to the clock committed with
it, and compares the last word on every instance with the last one on `transitions`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import click
import orjson
from aiokafka.admin import AIOKafkaAdminClient

from journey.engine import Engine, EngineSettings
from journey.model import Model
from journey.replaying import last_words, replay
from topics.cluster import admin
from topics.connection import Connection
from topics.decode import EventDecoder
from touchstone import options
from touchstone.activated import engine_on
from touchstone.comparing import Findings, compare
from touchstone.errors import WorkFailed
from touchstone.interrupting import run, stoppable
from touchstone.lives import ends_of_lives
from touchstone.modelfiles import models_of
from touchstone.piping import printing
from touchstone.reading import Reader, reading
from touchstone.rekeyedlog import RekeyedLog, check_forwards
from touchstone.saidlog import SaidLog
from touchstone.sourcelog import SourceLog, Standing, standing

_ROUNDS: Final = 6
_FIRST_WAIT_S: Final = 0.5  # doubled each time: longer in all than a transaction may be open
_SHOWN: Final = 10


@click.command("verify")
@options.broker
@options.app_id
@options.models
@click.option("--subject", metavar="ID", help="One customer, such as person:u42.")
@click.option("--json", "as_json", is_flag=True, help="Counts and differences as one JSON object.")
def command(
    broker: Connection,
    app_id: str,
    model_names: tuple[str, ...],
    subject: str | None,
    *,
    as_json: bool,
) -> None:
    """Prove that nothing was lost, repeated, invented or wrong, up to what is committed."""
    with stoppable(), printing():
        findings = run(verified(broker, app_id, models_of(model_names), subject))
        _print(findings, as_json=as_json)
    if not findings.clean:
        raise WorkFailed("What was said is not what the events say.")


def _print(findings: Findings, *, as_json: bool) -> None:
    shown = findings.sentences[:_SHOWN]
    if as_json:
        click.echo(orjson.dumps({**findings.counts(), "differences": shown}))
    else:
        for sentence in shown:
            click.echo(sentence)
        click.echo(", ".join(f"{name} {count}" for name, count in findings.counts().items()))


async def verified(
    bootstrap: Connection,
    group: str,
    models: Sequence[Model],
    subject: str | None = None,
    settings: EngineSettings | None = None,
) -> Findings:
    """Compare what was said on a broker, by detectors that were started with these models."""
    async with admin(bootstrap) as client, reading(bootstrap) as reader:
        # What is activated from now on is stamped so much later that no clock read soon is there.
        engine = await engine_on(reader, models, settings or EngineSettings())
        return await _Verifier(client, group, reader, engine).run(subject)


class _Verifier:
    """Looks at all subjects, then again at those that differ while commits go on."""

    def __init__(
        self, client: AIOKafkaAdminClient, group: str, reader: Reader, engine: Engine
    ) -> None:
        self._client = client
        self._group = group
        self._engine = engine
        decoder = EventDecoder(engine.fields)
        self._sources = SourceLog(reader, decoder)
        self._rekeyed = RekeyedLog(reader, decoder)
        self._said = SaidLog(reader)

    async def run(self, subject: str | None) -> Findings:
        findings, unclear = Findings(), set[str]()
        for at in range(_ROUNDS):
            now, moved = await self._read()
            wanted = unclear if at else self._subjects(subject)
            unclear = set()
            forwards, under_way = self._forwards(), self._rekeyed.under_way()
            for one in wanted:
                found = self._compare(one, now)
                found.add(forwards.get(one, Findings()))
                under = one in under_way or one in forwards
                if found.clean or not (under or self._sources.number_of(one) in moved):
                    findings.add(found)
                else:
                    unclear.add(one)
            if not unclear:
                break
            await asyncio.sleep(_FIRST_WAIT_S * 2**at)
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
        due = [one for one in self._sources.misplaced if self._engine.refusal(one.event) is None]
        return check_forwards(due, self._rekeyed.origins)

    async def _read(self) -> tuple[Standing, set[int]]:
        """Read on; give what was committed, and the partition numbers that moved meanwhile."""
        before = await standing(self._client, self._group)
        await self._sources.read(before.offsets)
        await self._rekeyed.read()
        self._rekeyed.place_folded(self._sources, before.offsets)
        await self._said.read()
        after = await standing(self._client, self._group)
        return before, before.moved_to(after)

    def _subjects(self, wanted: str | None) -> set[str]:
        known = self._sources.subjects() | self._said.transitions.keys()
        if wanted is None:
            return known
        if wanted not in known:
            raise WorkFailed(f"Nothing is known of {wanted}; subjects look like person:u42.")
        return {wanted}

    def _compare(self, subject: str, now: Standing) -> Findings:
        number = self._sources.number_of(subject)
        events = self._sources.events[number].get(subject, [])
        clock = now.clocks.get(number, -1)
        expected = last_words(replay(self._engine, subject, events, clock).transitions)
        said = self._said.transitions.get(subject, [])
        return compare(expected, said, ends_of_lives(self._engine, subject, events))

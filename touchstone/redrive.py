"""`touchstone dead-letters redrive`: send again what can be used now."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Final, NamedTuple

import click
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from journey.engine import EngineSettings
from journey.instant import format_duration
from topics import broker as topics_broker
from topics.connection import Connection
from topics.contracts import DEAD_LETTERS
from topics.redrive import Again, Judge, Letter
from touchstone import options
from touchstone.errors import Stopped
from touchstone.interrupting import run, stoppable
from touchstone.producing import connected
from touchstone.reading import reading
from touchstone.sizes import Limits, limits_of

_REPEAT: Final = "run it again: what is sent twice changes nothing."
_FIELDS: Final = ("reason", "topic", "since")
_SENT: Final = "to send again"
_TOO_LARGE: Final = "too large"


class Where(NamedTuple):
    """One condition on a dead letter; `since` is when the message arrived, ms."""

    field: str
    value: str
    since: int = 0

    def holds(self, letter: Letter, arrived: int) -> bool:
        """Say whether a letter is meant."""
        if self.field == "since":
            return arrived >= self.since
        return self.value == (letter.reason if self.field == "reason" else letter.topic)


class _WhereType(click.ParamType):
    """A condition: `reason=late`, `topic=events.web` or `since=2026-11-20T00:00:00Z`."""

    name = "where"

    def convert(
        self, value: str | Where, param: click.Parameter | None, ctx: click.Context | None
    ) -> Where:
        if isinstance(value, Where):
            return value
        field, equals, wanted = value.partition("=")
        if field not in _FIELDS or not equals or not wanted:
            each = ", ".join(f"{name}=…" for name in _FIELDS)
            self.fail(f"{value!r} is no condition; expected one of {each}.", param, ctx)
        since = options.Instant().convert(wanted, param, ctx) if field == "since" else 0
        return Where(field, wanted, since)


@click.command("redrive")
@options.broker
@click.option(
    "--where",
    "conditions",
    metavar="FIELD=VALUE",
    type=_WhereType(),
    multiple=True,
    help="Only letters with this reason=, topic=, or since= an instant (RFC 3339) when they "
    "arrived; of several all must hold.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
def command(broker: Connection, conditions: tuple[Where, ...], *, dry_run: bool) -> None:
    """Send the events among the dead letters again that can be used now.

    They arrive anew: what is late by then stays a dead letter, and is not sent. Events that were
    sent again before, or used meanwhile, change nothing.
    """
    with stoppable("nothing was sent."):
        run(_redrive(broker, conditions, dry_run=dry_run))


async def _redrive(broker: Connection, conditions: Sequence[Where], *, dry_run: bool) -> None:
    if await topics_broker.deployment_clock(broker) == "events":
        raise click.UsageError(
            f"The deployment at {broker} is on the events clock, which has passed the time of "
            "its dead letters: mend the files, and send the history anew to another deployment."
        )
    limits = await limits_of(broker)
    judge = Judge(EngineSettings(), time.time_ns() // 1_000_000)
    counts: Counter[str] = Counter()
    async for verdict in _judged(broker, conditions, judge, limits):
        counts[verdict if isinstance(verdict, str) else _SENT] += 1
    _tell(counts)
    if counts[_SENT] and not dry_run:
        await _send(broker, conditions, judge, limits)


async def _judged(
    broker: Connection, conditions: Sequence[Where], judge: Judge, limits: Limits
) -> AsyncIterator[Again | str]:
    """Read the letters that are meant, with what to send again, or why not."""
    async with reading(broker) as reader:
        async for record in reader.topic(DEAD_LETTERS):
            name = f"{record.partition}-{record.offset}"
            letter = Letter(name, record.value, tuple(record.headers))
            if all(one.holds(letter, record.timestamp) for one in conditions):
                verdict = judge.judge(letter)
                fits = isinstance(verdict, str) or _size(verdict) <= limits[verdict.topic]
                yield verdict if fits else _TOO_LARGE


def _size(again: Again) -> int:
    return int(
        DefaultRecordBatchBuilder.estimate_size_in_bytes(again.key, again.value, again.headers)
    )


def _tell(counts: Counter[str]) -> None:
    """Say what becomes of the letters, before anything is sent."""
    each = "".join(f", {count:,} {what}" for what, count in sorted(counts.items()) if what != _SENT)
    click.echo(f"{counts.total():,} dead letters: {counts[_SENT]:,} {_SENT}{each}.")
    if counts["late"]:
        allowed = format_duration(EngineSettings().lateness)
        click.echo(
            f"{counts['late']:,} stay late: an event is taken within {allowed} of when it "
            "happened, and what is sent again arrives anew."
        )


async def _send(
    broker: Connection, conditions: Sequence[Where], judge: Judge, limits: Limits
) -> None:
    async with connected(broker) as sender:
        try:
            async for verdict in _judged(broker, conditions, judge, limits):
                if isinstance(verdict, Again):
                    await sender.partitions(verdict.topic)
                    place = sender.place(verdict.topic, verdict.key)
                    stamp = time.time_ns() // 1_000_000
                    await sender.record(place, verdict.key, verdict.value, stamp, verdict.headers)
            await sender.flush()
        except asyncio.CancelledError:
            await sender.finish()
            left = f"{sender.acknowledged:,} events were sent again; {_REPEAT}"
            raise Stopped(left) from None
    click.echo(f"Sent {sender.acknowledged:,} events again to {broker}.")

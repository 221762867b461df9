"""`touchstone send`: events from JSON lines onto the right topics."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import click

from journey.instant import DAY, format_instant
from topics import broker as topics_broker
from topics.connection import Connection
from touchstone import history, lines, options
from touchstone.errors import Stopped, WorkFailed
from touchstone.interrupting import run, stoppable
from touchstone.outgoing import outgoing
from touchstone.pace import Pace
from touchstone.producing import Sender, connected
from touchstone.progress import Progress
from touchstone.sizes import Limits, limits_of, require_fits

OLDEST_MS: Final = 7 * DAY
"""The allowed lateness: what is older than this would become a dead letter, and is refused."""


@click.command("send")
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option(
    "--rate",
    metavar="N",
    type=click.FloatRange(min=0, min_open=True),
    help="At most N events a second.",
)
@options.broker
@click.option(
    "--history",
    "is_history",
    is_flag=True,
    help="Old events, with their own arrival times, for a deployment on the events clock.",
)
@click.option(
    "--resume", is_flag=True, help="With --history: go on with the same files where it stopped."
)
def command(
    files: tuple[str, ...],
    rate: float | None,
    broker: Connection,
    *,
    is_history: bool,
    resume: bool,
) -> None:
    """Send events from FILE (.jsonl, .jsonl.gz, or - for standard input), one JSON object a line.

    Each goes to the topic of its name, keyed by userId or else anonymousId. A line that is not
    an event ends the command with the line's place; what came before it has been sent.

    --history takes all its FILEs at once, checks every line first, and sends them in the order
    of their arrival (receivedAt, else timestamp), with clock marks for the detectors.
    """
    if resume and not is_history:
        raise click.UsageError(
            "--resume goes with --history: plain send keeps no place to resume from."
        )
    with stoppable("nothing was sent."):
        if is_history:
            history.send(files, broker, rate, resume=resume)
        else:
            run(_send(files, broker, rate))


async def _send(files: tuple[str, ...], bootstrap: Connection, rate: float | None) -> None:
    if await topics_broker.deployment_clock(bootstrap) == "events":
        raise click.UsageError(
            f"The deployment at {bootstrap} is on the events clock, which only history moves: "
            "send with --history, or use one that was created with --clock wall."
        )
    limits = await limits_of(bootstrap)
    started = time.monotonic()
    async with connected(bootstrap) as sender:
        with Progress("sending (bytes)", lines.size_of(files)) as progress:
            try:
                for file in files:
                    await _send_file(file, sender, limits, Pace(rate), progress)
                await sender.flush()
            except click.ClickException as error:
                await sender.flush()
                error.message += f" Sent before it: {sender.acknowledged:,} events."
                raise
            except asyncio.CancelledError:
                await sender.finish()
                left = f"{sender.acknowledged:,} events were acknowledged by {bootstrap}."
                raise Stopped(left) from None
    click.echo(summary(sender.acknowledged, time.monotonic() - started, bootstrap))


async def _send_file(
    file: str, sender: Sender, limits: Limits, pace: Pace, progress: Progress
) -> None:
    async for piece in lines.arriving(file):
        for line in piece.lines:
            await _send_line(line, sender, limits)
            if pace.is_due():
                sender.push()
                await pace.wait()
        progress.advance(piece.consumed)
        if file == lines.STDIN:  # a pipe may be slow: what came does not wait for more
            await sender.flush()


async def _send_line(line: lines.Line, sender: Sender, limits: Limits) -> None:
    event = outgoing(line)
    require_fits(line, event, limits)
    now = time.time_ns() // 1_000_000
    if event.t < now - OLDEST_MS:
        raise WorkFailed(
            f"{line.place}: the event is of {format_instant(event.t)}, older than the 7 days that "
            "live events may be late: send old events with --history, to a deployment on the "
            "events clock."
        )
    await sender.event(event.topic, event.key, line.text, now)


def summary(count: int, seconds: float, bootstrap: Connection) -> str:
    """Say what was sent, and how fast."""
    speed = count / max(seconds, 0.001)
    return f"Sent {count:,} events to {bootstrap} in {seconds:.1f} s ({speed:,.0f} a second)."

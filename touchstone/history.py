"""`touchstone send --history`: old events, in the order of their arrival, with clock marks.

Within a partition arrivals never fall: events are sent in their order, and what a partition holds
is always the first part of what was to go there (see `batches`). So a history that was cut off
goes on exactly where each partition ends. Events that arrived before its last message are there;
those of the same instant as its last event may be, and are sent again. They are copies then, and
still known as such: no detector's clock is beyond the end of a partition. Anything older must not
be sent twice: where it is already final, it would count twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from operator import itemgetter

import click

from journey.instant import format_instant
from topics import broker as topics_broker
from topics.connection import Connection
from topics.contracts import SOURCES
from touchstone import lines
from touchstone.batches import Place
from touchstone.ends import Ends, ends_of
from touchstone.errors import Stopped, WorkFailed
from touchstone.interrupting import run
from touchstone.lines import Line
from touchstone.marking import Marks
from touchstone.outgoing import Outgoing, outgoing
from touchstone.pace import Pace
from touchstone.producing import Sender, connected
from touchstone.progress import Progress
from touchstone.sizes import Limits, limits_of
from touchstone.survey import Survey, survey

Arrived = tuple[int, Line, Outgoing | None]
"""An arrival, ms, its line, and what was read of the line where that was kept."""


def send(files: Sequence[str], bootstrap: Connection, rate: float | None, *, resume: bool) -> None:
    """Send a history; the docstring of the module says how."""
    limits = run(_limits(bootstrap))
    started = time.monotonic()
    surveys = [survey(file, limits) for file in files]
    arrivals = merge(*map(_by_arrival, surveys), key=itemgetter(0))
    sent, passed = run(_send(surveys, arrivals, bootstrap, rate, resume=resume))
    seconds = time.monotonic() - started
    there = f" {passed:,} were there already." if passed else ""
    click.echo(
        f"Sent {sent:,} events of history to {bootstrap} in {seconds:.1f} s "
        f"({sent / max(seconds, 0.001):,.0f} a second).{there}"
    )


async def _limits(bootstrap: Connection) -> Limits:
    if await topics_broker.deployment_clock(bootstrap) == "wall":
        raise click.UsageError(
            f"The deployment at {bootstrap} is on the wall clock, where old events are late: "
            "send history to one that was created with --clock events."
        )
    return await limits_of(bootstrap)


async def _send(
    surveys: Sequence[Survey],
    arrivals: Iterable[Arrived],
    bootstrap: Connection,
    rate: float | None,
    *,
    resume: bool,
) -> tuple[int, int]:
    ends = await ends_of(bootstrap)
    _require_fitting(ends, [one for one in surveys if one.count], bootstrap, resume=resume)
    async with connected(bootstrap) as sender:
        try:
            total = sum(one.count for one in surveys)
            return await _send_all(arrivals, total, sender, ends, Pace(rate))
        except asyncio.CancelledError:
            await sender.finish()
            raise Stopped(
                f"{sender.acknowledged:,} events of history were acknowledged by {bootstrap}; the "
                "same command with --resume goes on from there."
            ) from None


def _require_fitting(
    ends: Ends, files: Sequence[Survey], bootstrap: Connection, *, resume: bool
) -> None:
    """Raise WorkFailed where what is in the topics does not go with what is to be sent."""
    highest = max((end.clock for end in ends.values()), default=None)
    if highest is None or not files:
        return
    first, last = min(file.first for file in files), max(file.last for file in files)
    if resume and highest > last:
        raise WorkFailed(
            f"The topics of {bootstrap} have come to {format_instant(highest)}, and the files end "
            f"at {format_instant(last)}: --resume goes on with the same files that were sent."
        )
    if first <= highest and not resume:
        raise WorkFailed(
            f"History up to {format_instant(highest)} has been sent to {bootstrap} already, and "
            f"the files begin at {format_instant(first)}: pass --resume to go on with the same "
            "files where it stopped, or use a new deployment."
        )


async def _send_all(
    arrivals: Iterable[Arrived], total: int, sender: Sender, ends: Ends, pace: Pace
) -> tuple[int, int]:
    """Send what the partitions do not have; gives how many that were, and how many they had."""
    marks, sent, passed = Marks(sender, await _places(sender), ends), 0, 0
    with Progress("sending", total) as progress:
        for arrival, line, kept in arrivals:
            progress.advance(1)
            if (clock := marks.due(arrival)) is not None:
                await marks.write(clock)
            event = kept or outgoing(line)
            place = sender.place(event.topic, event.key)
            if place in ends and ends[place].covers(arrival):
                passed += 1
                continue
            await sender.record(place, event.key, line.text, arrival)
            marks.sent()
            sent += 1
            if pace.is_due():
                sender.push()
                await pace.wait()
        if marks.last is not None:
            await marks.write(marks.last)
        await sender.flush()
    return sent, passed


async def _places(sender: Sender) -> list[Place]:
    counts = {topic: await sender.partitions(topic) for topic in SOURCES}
    return [(topic, number) for topic, count in counts.items() for number in range(count)]


def _by_arrival(of: Survey) -> Iterable[Arrived]:
    """Give a file's events in the order of arrival: as they are read, where they are in order."""
    if of.in_order:
        return _arrivals(of.file)
    # Only lines are held in memory, not what was read of them.
    return sorted(((at, line, None) for at, line, _ in _arrivals(of.file)), key=itemgetter(0))


def _arrivals(file: str) -> Iterator[Arrived]:
    for piece in lines.read(file):
        for line in piece.lines:
            event = outgoing(line)
            yield event.arrival, line, event

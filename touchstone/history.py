"""`touchstone send --history`: old events, in the order of their arrival, with clock marks.

A mark M on a partition says that every event of the history with an arrival up to M has been
written. All of those are acknowledged before the mark is sent, and the next event arrived after
M, so a history that was cut off can go on after its lowest last mark: what is sent twice then
are copies, which change nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from operator import itemgetter
from typing import Final

import click

from journey.instant import format_instant
from topics import broker as topics_broker
from topics.contracts import SOURCES
from topics.marks import mark_headers
from touchstone import lines
from touchstone.errors import WorkFailed
from touchstone.lastmarks import last_marks
from touchstone.lines import Line
from touchstone.outgoing import Outgoing, outgoing
from touchstone.pace import Pace
from touchstone.producing import Sender, connected
from touchstone.progress import Progress
from touchstone.survey import Survey, survey

EVENTS_BETWEEN_MARKS: Final = 10_000

Arrived = tuple[int, "Line", Outgoing | None]
"""An arrival, ms, its line, and what was read of the line where that was kept."""


async def send(files: Sequence[str], bootstrap: str, rate: float | None, *, resume: bool) -> None:
    """Send a history; the docstring of the module says how."""
    if await topics_broker.deployment_clock(bootstrap) == "wall":
        raise click.UsageError(
            f"The deployment at {bootstrap} is on the wall clock, where old events are late: "
            "send history to one that was created with --clock events."
        )
    started = time.monotonic()
    surveys = [survey(file) for file in files]
    after = await _start(surveys, bootstrap, resume=resume)
    async with connected(bootstrap) as sender:
        count = await _send_all(surveys, after, sender, rate)
    seconds = time.monotonic() - started
    click.echo(
        f"Sent {count:,} events of history to {bootstrap} in {seconds:.1f} s "
        f"({count / max(seconds, 0.001):,.0f} a second)."
    )


async def _start(surveys: Sequence[Survey], bootstrap: str, *, resume: bool) -> int:
    """Give the arrival (ms) after which to send. Raises WorkFailed when marks forbid to start."""
    marks = await last_marks(bootstrap)
    highest = max((mark for mark in marks if mark is not None), default=None)
    if resume:
        return min(-1 if mark is None else mark for mark in marks)
    first = min((s.first for s in surveys if s.count), default=None)
    if highest is not None and first is not None and first <= highest:
        raise WorkFailed(
            f"History up to {format_instant(highest)} has been sent to {bootstrap} already, and "
            f"the files begin at {format_instant(first)}: pass --resume to go on after the last "
            "mark, or use a new deployment."
        )
    return -1


async def _send_all(
    surveys: Sequence[Survey], after: int, sender: Sender, rate: float | None
) -> int:
    """Send what arrived later than `after`, with marks; gives the number of events."""
    pace, since_mark, last, count = Pace(rate), 0, after, 0
    with Progress("sending", sum(s.count for s in surveys)) as progress:
        for arrival, line, kept in merge(*map(_by_arrival, surveys), key=itemgetter(0)):
            progress.advance(1)
            if arrival <= after:
                continue
            if since_mark >= EVENTS_BETWEEN_MARKS and arrival > last:
                await mark(sender, last)
                since_mark = 0
            event = kept or outgoing(line)
            await sender.event(event.topic, event.key, line.text, arrival)
            last, since_mark, count = arrival, since_mark + 1, count + 1
            if pace.is_due():
                await sender.push()
                await pace.wait()
        if count:
            await mark(sender, last)
    return count


async def mark(sender: Sender, clock: int) -> None:
    """Wait for all events sent, then write the mark to every partition of every source."""
    await sender.flush()
    for topic in SOURCES:
        for partition in range(await sender.partitions(topic)):
            await sender.record((topic, partition), None, b"", clock, mark_headers(clock))
    await sender.flush()


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

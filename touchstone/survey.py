"""The look over a file of history before any of it is sent: every line is checked."""

from __future__ import annotations

from dataclasses import dataclass

import click

from touchstone import lines
from touchstone.outgoing import outgoing
from touchstone.progress import Progress
from touchstone.sizes import Limits, require_fits


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file holds: its events, their least and greatest arrival (ms), whether they only rise.

    A file that is not in the order of arrival is sorted in memory, at the price of its size.
    """

    file: str
    count: int
    first: int
    last: int
    in_order: bool


def survey(file: str, limits: Limits) -> Survey:
    """Check every line of a file. Raises WorkFailed with the first that cannot be used."""
    if file == lines.STDIN:
        raise click.UsageError(
            "--history reads its files twice and cannot read standard input: give it files."
        )
    count, first, last, before, in_order = 0, 0, 0, 0, True
    with Progress(f"checking {file} (bytes)", lines.size_of([file])) as progress:
        for piece in lines.read(file):
            for line in piece.lines:
                event = outgoing(line)
                require_fits(line, event, limits)
                arrival = event.arrival
                first = min(first, arrival) if count else arrival
                last = max(last, arrival)
                in_order = in_order and arrival >= before
                before, count = arrival, count + 1
            progress.advance(piece.consumed)
    return Survey(file, count, first, last, in_order)

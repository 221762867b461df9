"""The events of files of JSON lines, by subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from journey.engine import Engine
from journey.event import Event
from topics.decode import EventDecoder
from touchstone import lines
from touchstone.outgoing import event_of
from touchstone.progress import Progress

Subjects = dict[str, list[Event]]


def read(files: Sequence[str], decoder: EventDecoder) -> tuple[Subjects, int]:
    """Read all events by subject, and the last arrival among them, ms.

    Raises WorkFailed with the place of the first line that is not an event.
    """
    subjects: Subjects = defaultdict(list)
    last = 0
    for file in files:
        with Progress(f"reading {file} (bytes)", lines.size_of([file])) as progress:
            for piece in lines.read(file):
                for line in piece.lines:
                    event = event_of(line, decoder)
                    subjects[event.subject].append(event)
                    last = max(last, event.a)
                progress.advance(piece.consumed)
    return subjects, last


def refused(engine: Engine, subjects: Subjects) -> list[str]:
    """Say of each event that is not admitted why."""
    return [
        sentence
        for events in subjects.values()
        for event in events
        if (sentence := engine.refusal(event)) is not None
    ]

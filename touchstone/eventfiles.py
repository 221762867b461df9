"""The events of files of JSON lines, by the subject they belong to.

Files may be larger than memory: events wait in parts on disk, by the hash of their subject, and
one part is read at a time. In memory are the links between ids, and the largest customer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from journey.accounts import for_account, with_accounts
from journey.attribution import attributed
from journey.engine import Engine
from journey.event import ACCOUNT, Event
from journey.instant import format_instant
from journey.links import Link, Links, links_in
from touchstone import lines
from touchstone.outgoing import HistoryDecoder
from touchstone.parts import Parts
from touchstone.progress import Progress

_encode: Final = msgspec.msgpack.Encoder().encode
_link_in: Final = msgspec.msgpack.Decoder(Link).decode
_values_in: Final = msgspec.msgpack.Decoder(list[Any]).decode


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is in memory at a time.

    Events are in `parts`, each with a buffer of so many bytes; `run` is how many bytes of
    transitions are sorted at once.
    """

    parts: int = 256
    buffer: int = 1 << 15
    run: int = 1 << 25


def events_in(files: Sequence[str], fields: Collection[str]) -> Iterator[Event]:
    """Read the events of files one after the other, with these of their fields.

    Raises WorkFailed with the place of the first line that is not an event.
    """
    decoder = HistoryDecoder(fields)
    for file in files:
        with Progress(f"reading {file} (bytes)", lines.size_of([file])) as progress:
            for piece in lines.read(file):
                for line in piece.lines:
                    yield decoder.decode(line)
                progress.advance(piece.consumed)


class EventFiles:
    """What was read of the files: the admitted events, on disk in `folder`, and some numbers.

    `last` is the last arrival (ms) in the files, `refused` counts the events that are not
    admitted and `first_refusal` says why of the first. Events keep the fields that the engine
    reads, and those in `also`.
    """

    def __init__(
        self, engine: Engine, folder: Path, bounds: Bounds, also: frozenset[str] = frozenset()
    ) -> None:
        def parts(name: str) -> Parts:
            return Parts(folder / name, bounds.parts, bounds.buffer)

        self._engine = engine
        self._fields = engine.fields | also
        self._came = parts("came")
        self._told = parts("links")
        self._hopped = parts("hopped")
        self._accounts = parts("accounts")
        self._links = Links(engine.settings)
        self._authors = False
        self.last = 0
        self.refused = 0
        self.first_refusal = ""

    def read(self, files: Sequence[str]) -> None:
        """Read files. Raises WorkFailed with the place of the first line that is not an event."""
        for event in events_in(files, self._fields):
            self._take(event)

    def attribute(self) -> None:
        """Learn all links, and let the events that are another's hop to their owner."""
        for number in self._told.numbers:
            found = (record for records in self._told.read(number).values() for record in records)
            self._links.add(map(_link_in, found))
        if self._links or self._authors:
            with Progress("attributing (parts)", len(self._came.numbers)) as progress:
                for number in self._came.numbers:
                    self._hop(number)
                    progress.advance(1)

    def subjects(self, only: str | None) -> Iterator[tuple[str, list[Event]]]:
        """Give each subject, or only one, with all its events; accounts come last."""
        whole = only is None or only.startswith(ACCOUNT)
        numbers = self._came.numbers if whole else [self._came.number_of(only or "")]
        with Progress("folding (parts)", len(numbers) + whole * len(numbers)) as progress:
            for number in numbers:
                for owner, events in self._owners(number, None if whole else only):
                    if only in (None, owner):
                        yield owner, events
                progress.advance(1)
            for number in self._accounts.numbers if whole else ():
                for account, records in self._accounts.read(number).items():
                    if only in (None, account):
                        yield account, _events(records)
                progress.advance(1)

    def _take(self, event: Event) -> None:
        self.last = max(self.last, event.a)
        if (refusal := self._engine.refusal(event)) is not None:
            self.first_refusal = self.first_refusal or refusal
            self.refused += 1
            return
        self._authors = self._authors or event.author is not None
        _put(self._came, event)
        for link in links_in(event):
            self._told.put(link.person, _encode(link))

    def _hop(self, number: int) -> None:
        for subject, records in self._came.read(number).items():
            if not self._authors and subject not in self._links:
                continue
            for event in _events(records):
                for given in attributed(event, self._links):
                    if given is not event:
                        _put(self._hopped, given)

    def _owners(self, number: int, only: str | None) -> Iterator[tuple[str, list[Event]]]:
        """Give the owners in a part with their events, and their accounts the same events."""
        came, hopped = self._came.read(number), self._hopped.read(number)
        for owner in {**came, **hopped} if only is None else (only,):
            mine = list(_events(came.pop(owner, ())))
            owned = [*self._stayed(owner, mine), *_events(hopped.pop(owner, ()))]
            if not owned:
                continue
            events = with_accounts(owned, mine, self._engine.settings)
            for event in events:
                if (copy := for_account(event)) is not None:
                    _put(self._accounts, copy)
            yield owner, events

    def _stayed(self, subject: str, events: Iterable[Event]) -> Iterator[Event]:
        return (one for one in events if self._links.owner_of(subject, one.t) == subject)


def read_files(
    files: Sequence[str],
    engine: Engine,
    until: int | None,
    folder: Path,
    bounds: Bounds,
    also: frozenset[str] = frozenset(),
) -> tuple[EventFiles, int]:
    """Read files and attribute their events; give them and the clock: `until`, or the last arrival.

    Says on standard error how many events are not admitted. Raises UsageError where `until` (ms)
    is before the last arrival.
    """
    events = EventFiles(engine, folder, bounds, also)
    events.read(files)
    if until is not None and until < events.last:
        raise click.UsageError(
            f"--until {format_instant(until)} is before the last arrival in the files, "
            f"{format_instant(events.last)}; expected a later instant."
        )
    if events.refused:
        click.echo(
            f"{events.refused} events are not admitted and count for nothing; the first is "
            f"{events.first_refusal}.",
            err=True,
        )
    events.attribute()
    return events, events.last if until is None else until


def _put(parts: Parts, event: Event) -> None:
    parts.put(event.subject, _encode(msgspec.structs.astuple(event)))


def _events(records: Iterable[bytes]) -> list[Event]:
    return [Event(*_values_in(record)) for record in records]

"""`touchstone replay`: the engine on files, or on what is in the source topics."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import click

from journey.engine import Engine
from journey.instant import format_instant, parse_instant
from journey.replaying import replay
from journey.said import Transition
from topics.cluster import admin
from topics.decode import EventDecoder
from touchstone import options
from touchstone.errors import WorkFailed
from touchstone.eventfiles import Subjects, read, refused
from touchstone.interrupting import run, stoppable
from touchstone.modelfiles import engine_of
from touchstone.piping import printing
from touchstone.progress import Progress
from touchstone.reading import reading
from touchstone.sourcelog import SourceLog, standing
from touchstone.transitionlist import FORMATS, write


@click.command("replay")
@click.argument("files", metavar="FILE…", nargs=-1)
@click.option("--broker", metavar="HOST:PORT", help="Read the source topics of this broker.")
@options.app_id
@options.models
@click.option("--until", metavar="TIME", help="Let the clock run on to this instant (RFC 3339).")
@click.option("--subject", metavar="ID", help="One customer, such as person:u42.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="jsonl", show_default=True)
def command(
    files: tuple[str, ...],
    broker: str | None,
    app_id: str,
    model_names: tuple[str, ...],
    until: str | None,
    subject: str | None,
    form: str,
) -> None:
    """Print the transitions of the final fold: what is said when everything comes in order.

    Reads FILEs of JSON lines, or with --broker what is in the source topics.
    """
    if bool(files) == bool(broker):
        raise click.UsageError("Give either files or --broker.")
    engine = engine_of(model_names)
    run_on = None if until is None else _instant(until)
    with stoppable(), printing():
        if broker:
            log, clocks = run(_read_broker(broker, app_id, EventDecoder(engine.fields)))
            found = _from_broker(log, clocks, engine, run_on, subject)
        else:
            found = _from_files(files, engine, run_on, subject)
        write(found, form)


def _instant(text: str) -> int:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise click.UsageError(f"--until: {error}.") from error


def _from_files(
    files: Sequence[str], engine: Engine, until: int | None, subject: str | None
) -> list[Transition]:
    subjects, last = read(files, EventDecoder(engine.fields))
    if until is not None and until < last:
        raise click.UsageError(
            f"--until {format_instant(until)} is before the last arrival in the files, "
            f"{format_instant(last)}; expected a later instant."
        )
    _require_known(subjects, subject)
    if sentences := refused(engine, subjects):
        click.echo(
            f"{len(sentences)} events are not admitted and count for nothing; the first is "
            f"{sentences[0]}.",
            err=True,
        )
    return _ordered(_fold(engine, _only(subjects, subject), until or last))


async def _read_broker(
    broker: str, group: str, decoder: EventDecoder
) -> tuple[SourceLog, dict[int, int]]:
    async with admin(broker) as client, reading(broker) as reader:
        clocks = (await standing(client, group)).clocks
        log = SourceLog(reader, decoder)
        await log.read()
    return log, clocks


def _from_broker(
    log: SourceLog, clocks: dict[int, int], engine: Engine, until: int | None, subject: str | None
) -> list[Transition]:
    _require_known(log.subjects(), subject)
    found: list[Transition] = []
    for number, subjects in log.events.items():
        clock = until or clocks.get(number, log.last_arrival[number])
        found += _fold(engine, _only(subjects, subject), clock)
    return _ordered(found)


def _require_known(known: Collection[str], subject: str | None) -> None:
    if subject is not None and subject not in known:
        raise WorkFailed(f"There is no event of {subject}; subjects look like person:u42.")


def _only(subjects: Subjects, subject: str | None) -> Subjects:
    if subject is None:
        return subjects
    return {subject: subjects[subject]} if subject in subjects else {}


def _fold(engine: Engine, subjects: Subjects, clock: int) -> Iterator[Transition]:
    with Progress("customers", len(subjects)) as progress:
        for subject, events in subjects.items():
            yield from replay(engine, subject, events, clock).transitions
            progress.advance(1)


def _ordered(found: Iterable[Transition]) -> list[Transition]:
    return sorted(found, key=_place)


def _place(one: Transition) -> tuple[int, str, str, int]:
    # Parsed, because as text `…00Z` sorts after `…00.250Z`.
    return (parse_instant(one.at), one.subject, one.instance, one.revision)

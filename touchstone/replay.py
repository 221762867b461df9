"""`touchstone replay`: the engine on files, or on what is in the source topics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from journey.engine import Engine, EngineSettings
from journey.event import Event
from journey.lines import Activation
from journey.model import Model
from journey.replaying import fold, replay
from journey.said import Transition
from topics.cluster import admin
from topics.connection import Connection
from touchstone import options
from touchstone.activated import engine_on
from touchstone.errors import Missing, WorkFailed
from touchstone.eventfiles import Bounds, read_files
from touchstone.interrupting import run, stoppable
from touchstone.modelfiles import engine_of, models_of
from touchstone.piping import printing
from touchstone.reading import reading
from touchstone.sourcelog import SourceLog, standing
from touchstone.transitionlist import FORMATS, write


@click.command("replay")
@click.argument("files", metavar="FILE…", nargs=-1)
@click.option(
    "--broker",
    metavar="HOST:PORT",
    type=options.Broker(),
    help="Read the source topics of this broker.",
)
@options.models
@options.activate
@options.until
@click.option("--subject", metavar="ID", help="One customer, such as person:u42.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="jsonl", show_default=True)
def command(
    files: tuple[str, ...],
    broker: Connection | None,
    model_names: tuple[str, ...],
    stamped: tuple[Activation, ...],
    until: int | None,
    subject: str | None,
    form: str,
) -> None:
    """Print the transitions of the final fold: what is said when everything comes in order.

    Reads FILEs of JSON lines, or with --broker what is in the source topics.
    """
    if bool(files) == bool(broker):
        raise click.UsageError("Give either files or --broker.")
    bounds = Bounds()
    with stoppable(), printing(), TemporaryDirectory(prefix="touchstone-replay-") as name:
        folder = Path(name)
        if broker:
            models: list[Model | Activation] = [*models_of(model_names), *stamped]
            log, clocks, engine = run(_read_broker(broker, models))
            said = from_broker(log, clocks, engine, until, subject)
        else:
            engine = engine_of(model_names, stamped)
            said = from_files(files, engine, until, subject, folder, bounds)
        write(said, form, folder / "said", bounds.run)


def from_files(
    files: Sequence[str],
    engine: Engine,
    until: int | None,
    subject: str | None,
    folder: Path,
    bounds: Bounds,
) -> Iterator[list[Transition]]:
    """Fold the events of files, each subject's in turn; what does not fit waits in `folder`."""
    events, clock = read_files(files, engine, until, folder, bounds)
    found = _fold(engine, events.subjects(subject), clock)
    return found if subject is None else _required(found, subject)


async def _read_broker(
    broker: Connection, models: Sequence[Model | Activation]
) -> tuple[SourceLog, dict[int, int], Engine]:
    async with admin(broker) as client, reading(broker) as reader:
        clocks = (await standing(client)).clocks
        engine = await engine_on(reader, models, EngineSettings())
        log = SourceLog(reader, engine)
        await log.read()
    if log.cut:
        raise Missing(
            f"Retention has removed the beginning of the source topics in partitions "
            f"{sorted(log.cut)}, and without it this would not be what was said: `touchstone "
            "verify` compares what is there."
        )
    for event in log.misplaced.values():
        log.place_home(event)
    return log, clocks, engine


def from_broker(
    log: SourceLog, clocks: dict[int, int], engine: Engine, until: int | None, subject: str | None
) -> Iterator[list[Transition]]:
    """Fold what is in the source topics, as the detectors of this version do.

    They know an event's subject by its own id alone: what a device did stays with the device.
    """
    if subject is not None and subject not in log.subjects():
        raise _unknown(subject)
    for number, subjects in log.events.items():
        last = log.last_arrival.get(number, max(log.last_arrival.values()))
        wanted = subjects if subject is None else {subject: subjects.get(subject, [])}
        if until is not None:
            yield from _fold(engine, wanted.items(), until)
            continue
        clock = clocks.get(number, last)
        for name, events in wanted.items():
            yield fold(engine, engine.open(name), events, clock).transitions


def _fold(
    engine: Engine, subjects: Iterable[tuple[str, Iterable[Event]]], clock: int
) -> Iterator[list[Transition]]:
    for subject, events in subjects:
        yield replay(engine, subject, events, clock).transitions


def _required(found: Iterator[list[Transition]], subject: str) -> Iterator[list[Transition]]:
    """Raise WorkFailed where there is no event of the subject."""
    first = next(found, None)
    if first is None:
        raise _unknown(subject)
    return chain([first], found)


def _unknown(subject: str) -> WorkFailed:
    return WorkFailed(
        f"There is no event of {subject}; subjects look like person:u42, and what a device did "
        "may belong to a person."
    )

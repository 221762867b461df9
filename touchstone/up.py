"""`touchstone up`: everything on one machine."""

from __future__ import annotations

from pathlib import Path

import click

from topics.connection import PREFIX, Connection
from touchstone import options
from touchstone.errors import Interrupted
from touchstone.local.asked import UpSettings
from touchstone.local.instance import Clock, default_directory
from touchstone.local.report import Report
from touchstone.local.runner import Runner
from touchstone.local.stopping import Stop
from touchstone.modelfiles import texts_of

_PORT = click.IntRange(1, 65_535)


@click.command("up")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TOUCHSTONE_DATA_DIR",
    show_envvar=True,
    help="Where everything is kept.  [default: ~/.local/share/touchstone]",
)
@click.option(
    "--port",
    type=_PORT,
    default=8080,
    show_default=True,
    help="The port of the API and the console.",
)
@click.option(
    "--kafka-port", type=_PORT, default=9092, show_default=True, help="The port of the local Kafka."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 32),
    default=1,
    show_default=True,
    help="How many detector workers.",
)
@click.option(
    "--broker",
    metavar="HOST:PORT",
    type=options.Broker(),
    help="A Kafka that runs already, instead of a local one.",
)
@options.models
@click.option(
    "--simulate/--no-simulate",
    default=None,
    help="A simulated company to watch.  [default: on the wall clock]",
)
@click.option(
    "--clock",
    type=click.Choice(["wall", "events"]),
    help="What moves time: the wall clock, or history that is sent; settled once.  [default: wall]",
)
def command(
    data_dir: Path | None,
    port: int,
    kafka_port: int,
    workers: int,
    broker: Connection | None,
    model_names: tuple[str, ...],
    *,
    simulate: bool | None,
    clock: Clock | None,
) -> None:
    """Run Kafka, detectors, the API with its console and a simulated company on this machine.

    Ctrl-C stops everything in order. Starting again with the same --data-dir goes on where it
    was. A second one beside it needs its own --data-dir, --port and --kafka-port.
    """
    if port == kafka_port and broker is None:
        raise click.UsageError(
            f"--port and --kafka-port are both {port}: the API and Kafka need a port each."
        )
    if broker is None and options.Broker().convert("", None, None).is_secured:
        raise click.UsageError(
            f"{PREFIX}SECURITY_PROTOCOL asks for a secured Kafka, and the local one that `up` "
            "starts is not: name yours with --broker, or take the variable away."
        )
    texts_of(model_names)  # a model that is wrong is said here, not by a service that keeps dying
    stop = Stop()
    stop.on_signals()
    settings = UpSettings(
        directory=data_dir or default_directory(),
        port=port,
        kafka_port=kafka_port,
        workers=workers,
        broker=broker,
        models=model_names,
        simulate=simulate,
        clock=clock,
    )
    try:
        Runner(settings, stop, Report()).run()
    except Interrupted:  # asked to stop before anything had been started
        return

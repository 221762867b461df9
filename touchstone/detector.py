"""`touchstone detector`: one detector worker, as one service."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from services.detector.errors import NotReady
from services.detector.limits import Limits
from services.detector.run import run
from services.detector.settings import DetectorSettings, ModelText, Store
from topics.connection import Connection
from topics.contracts import Clock
from touchstone import options
from touchstone.errors import Missing
from touchstone.modelfiles import texts_of


@click.command("detector")
@options.broker
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    envvar="TOUCHSTONE_DATA_DIR",
    show_envvar=True,
    help="The worker's own directory; no two workers share one.",
)
@click.option(
    "--clock",
    type=click.Choice(["wall", "events"]),
    default="wall",
    show_default=True,
    envvar="TOUCHSTONE_CLOCK",
    show_envvar=True,
    help="The deployment's clock, for which its topics were created.",
)
@click.option(
    "--store",
    type=click.Choice(["memory", "disk"]),
    default="memory",
    show_default=True,
    envvar="TOUCHSTONE_STORE",
    show_envvar=True,
    help="Where journeys are kept: on disk, more fit than memory holds, and a start is quicker.",
)
@click.option(
    "--standbys",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    envvar="TOUCHSTONE_STANDBYS",
    show_envvar=True,
    help="How many other workers hold a partition's journeys ready; the same for all workers.",
)
@click.option(
    "--http-host",
    default="127.0.0.1",
    show_default=True,
    envvar="TOUCHSTONE_HTTP_HOST",
    show_envvar=True,
    help="Where /metrics, /healthz and /readyz are served; beyond loopback only with a token.",
)
@click.option(
    "--http-port",
    type=click.IntRange(0, 65_535),
    default=9464,
    show_default=True,
    envvar="TOUCHSTONE_HTTP_PORT",
    show_envvar=True,
    help="The port of those; 0 takes a free one.",
)
@click.option(
    "--token",
    envvar="TOUCHSTONE_TOKEN",
    show_envvar=True,
    help="What /metrics asks for beyond loopback; better set in the environment.",
)
@click.option(
    "--bad-share",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    envvar="TOUCHSTONE_BAD_SHARE",
    show_envvar=True,
    help="Stop when more than this share of the last 1,000 messages of a partition is of no use.",
)
@options.models
def command(
    broker: Connection,
    data_dir: Path,
    clock: Clock,
    store: Store,
    standbys: int,
    http_host: str,
    http_port: int,
    token: str | None,
    bad_share: float,
    model_names: tuple[str, ...],
) -> None:
    """Watch the source topics until SIGTERM: moments, stages and alerts come out."""
    settings = DetectorSettings(
        bootstrap=broker,
        data_dir=data_dir,
        models=tuple(ModelText(source, text) for source, text in texts_of(model_names)),
        clock=clock,
        store=store,
        standbys=standbys,
        http_host=http_host,
        http_port=http_port,
        token=token,
        limits=Limits(bad_share=bad_share),
    )
    try:
        sys.exit(run(settings))
    except NotReady as error:
        raise Missing(str(error)) from error

"""`touchstone api`: the API and the console, as one service."""

from __future__ import annotations

from pathlib import Path

import click

from services.api import ApiSettings, run
from services.api.errors import ApiError
from topics.connection import Connection
from touchstone import logs, options
from touchstone.errors import Missing
from touchstone.modelfiles import texts_of


@click.command("api")
@options.broker
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    envvar="TOUCHSTONE_DATA_DIR",
    show_envvar=True,
    help="Where the read model is kept.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    envvar="TOUCHSTONE_HOST",
    show_envvar=True,
    help="The address to listen on; beyond loopback only with a token.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8080,
    show_default=True,
    envvar="TOUCHSTONE_PORT",
    show_envvar=True,
    help="The port to listen on.",
)
@click.option(
    "--token",
    envvar="TOUCHSTONE_TOKEN",
    show_envvar=True,
    help="The admin token; better set in the environment, as arguments can be seen.",
)
@options.models
def command(
    broker: Connection,
    data_dir: Path,
    host: str,
    port: int,
    token: str | None,
    model_names: tuple[str, ...],
) -> None:
    """Serve the API, the live stream and the console until SIGTERM."""
    logs.to_standard_error()
    settings = ApiSettings(
        bootstrap=broker,
        data_dir=data_dir,
        host=host,
        port=port,
        token=token,
        models=tuple(texts_of(model_names)),
    )
    try:
        run(settings)
    except ApiError as error:
        raise Missing(str(error)) from error

"""Options that several commands share, with one name, one default and one help text."""

from __future__ import annotations

import click

broker = click.option(
    "--broker",
    metavar="HOST:PORT",
    default="127.0.0.1:9092",
    show_default=True,
    envvar="TOUCHSTONE_BROKER",
    show_envvar=True,
    help="A Kafka broker.",
)

models = click.option(
    "--models",
    "--model",
    "model_names",
    metavar="NAME_OR_PATH",
    multiple=True,
    envvar="TOUCHSTONE_MODELS",
    show_envvar=True,
    help="A shipped model's name or a YAML file; may be given again.  [default: all shipped]",
)

app_id = click.option(
    "--app-id",
    default="touchstone",
    show_default=True,
    envvar="TOUCHSTONE_APP_ID",
    show_envvar=True,
    help="The detectors' consumer group, the same for all workers.",
)

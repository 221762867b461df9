"""Options that several commands share, with one name, one default and one help text."""

from __future__ import annotations

import os

import click

from journey.instant import parse_instant
from journey.lines import Activation
from topics.connection import Connection, connection_of
from topics.errors import BadConnection
from touchstone.modelfiles import parsed, text_of


class Instant(click.ParamType):
    """An instant as RFC 3339 has it; in ms."""

    name = "instant"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read it, or fail with what was expected."""
        try:
            return value if isinstance(value, int) else parse_instant(value)
        except ValueError as error:
            wanted = "expected RFC 3339, such as 2026-03-01T00:00:00Z"
            self.fail(f"{value!r} is no instant ({error}); {wanted}.", param, ctx)


class Stamped(click.ParamType):
    """A version of a model, and when it comes into force: `shop.yaml@2026-03-01T00:00:00Z`."""

    name = "stamped"

    def convert(
        self, value: str | Activation, param: click.Parameter | None, ctx: click.Context | None
    ) -> Activation:
        """Read it, or fail with what was expected. Raises as a model that cannot be used does."""
        if isinstance(value, Activation):
            return value
        name, at, time = value.rpartition("@")
        if not at or not name:
            self.fail(
                f"{value!r} has no instant; expected a model and when it comes into force, such "
                "as shop.yaml@2026-03-01T00:00:00Z.",
                param,
                ctx,
            )
        stamp = Instant().convert(time, param, ctx)
        return Activation(parsed(*text_of(name)), stamp)


class Broker(click.ParamType):
    """A broker's address; what it asks for beyond that is read from the environment."""

    name = "broker"

    def convert(
        self, value: str | Connection, param: click.Parameter | None, ctx: click.Context | None
    ) -> Connection:
        """Read it, or fail with the setting that does not fit."""
        try:
            return value if isinstance(value, Connection) else connection_of(value, os.environ)
        except BadConnection as error:
            self.fail(f"{error}.", param, ctx)


broker = click.option(
    "--broker",
    metavar="HOST:PORT",
    type=Broker(),
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

until = click.option(
    "--until",
    metavar="TIME",
    type=Instant(),
    help="Let the clock run on to this instant (RFC 3339).",
)

activate = click.option(
    "--activate",
    "stamped",
    metavar="NAME_OR_PATH@TIME",
    type=Stamped(),
    multiple=True,
    help="A version that comes into force at this instant (RFC 3339); may be given again.",
)

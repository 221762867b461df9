"""`touchstone model`: list, show and check models."""

from __future__ import annotations

import click

from journey.errors import ModelError
from journey.language import parse_model
from touchstone.errors import WorkFailed
from touchstone.modelfiles import parsed, shipped, text_of


@click.group("model")
def command() -> None:
    """List, show and check models.  A model is a YAML file; the shipped ones have names."""


@command.command("list")
def list_models() -> None:
    """List the shipped models: name, version, title."""
    for name in shipped():
        model = parsed(*text_of(name))
        click.echo(f"{name}  {model.version}  {model.title}")


@command.command()
@click.argument("name")
def show(name: str) -> None:
    """Print a model's YAML; NAME is a shipped model's or a path."""
    click.echo(text_of(name)[1], nl=False)


@command.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
def check(paths: tuple[str, ...]) -> None:
    """Say of each model whether it is valid, and of the first fault where it is."""
    faults = 0
    for path in paths:
        source, text = text_of(path)
        try:
            model = parse_model(text, source)
            click.echo(f"{path}: valid ({model.name} {model.version})")
        except ModelError as error:
            faults += 1
            click.echo(str(error))
    if faults:
        raise WorkFailed(f"{faults} of {len(paths)} models cannot be used.")

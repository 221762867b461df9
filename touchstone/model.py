"""`touchstone model`: list, show, check, test and activate models, and describe their language."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from journey.engine import EngineSettings
from journey.errors import ModelError
from journey.language import parse_model
from journey.language.drawing import draw
from journey.language.schema import model_schema
from topics.connection import Connection
from touchstone import options
from touchstone.errors import WorkFailed
from touchstone.importing import imported
from touchstone.interrupting import run, stoppable
from touchstone.modeldiff import compare
from touchstone.modeldifftable import as_json, as_text
from touchstone.modelfiles import is_scenarios, model_of, models_of, parsed, shipped, text_of
from touchstone.piping import printing
from touchstone.scenarios import run_on, scenarios_beside


@click.group("model")
def command() -> None:
    """List, show, check, test and activate models.

    A model is a YAML file; the shipped ones have names. Scenarios of a model are beside it:
    those of shop.yaml in shop.scenarios.yaml.
    """


@command.command("list")
@click.option(
    "--broker",
    metavar="HOST:PORT",
    type=options.Broker(),
    help="List what is active on this broker.",
)
@options.models
def list_models(broker: Connection | None, model_names: tuple[str, ...]) -> None:
    """List the shipped models: name, version, title.

    With --broker, the versions of a deployment that was started with --models, each with the
    instant since when it is in force.
    """
    if broker is not None:
        activelist = imported("touchstone.activelist", "model list --broker")
        listing = activelist.listed(broker, models_of(model_names), EngineSettings())
        with stoppable(), printing():
            for row in run(listing):
                click.echo(row)
        return
    for name in shipped():
        model = parsed(*text_of(name))
        click.echo(f"{name}  {model.version}  {model.title}")


@command.command()
@click.argument("name")
@click.option(
    "--format",
    "form",
    type=click.Choice(["yaml", "mermaid"]),
    default="yaml",
    show_default=True,
    help="The text as it is, or a state diagram for Mermaid.",
)
def show(name: str, form: str) -> None:
    """Print a model; NAME is a shipped model's or a path."""
    source, text = text_of(name)
    click.echo(text if form == "yaml" else draw(parsed(source, text)), nl=False)


@command.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
def check(paths: tuple[str, ...]) -> None:
    """Say of each model or scenario file whether it is valid, and where its first fault is."""
    faults = 0
    for path in paths:
        try:
            click.echo(f"{path}: valid ({_valid(path)})")
        except (ModelError, WorkFailed) as error:
            faults += 1
            click.echo(str(error))
    if faults:
        raise WorkFailed(f"{faults} of {len(paths)} files cannot be used.")


def _valid(path: str) -> str:
    """Read a file whole, and say what it is."""
    if is_scenarios(path):
        _, scenarios = scenarios_beside(model_of(path))
        return f"{len(scenarios)} scenarios"
    source, text = text_of(path)
    model = parse_model(text, source)
    return f"{model.name} {model.version}"


@command.command()
@click.argument("names", metavar="PATH_OR_NAME…", nargs=-1)
def test(names: tuple[str, ...]) -> None:
    """Run the scenarios beside models, and say what differs from what they expect.

    Without arguments those of all shipped models.
    """
    models = [model_of(name) if is_scenarios(name) else name for name in names or shipped()]
    read = {name: scenarios_beside(name) for name in models}
    failed = 0
    for name, (engine, scenarios) in read.items():
        failures = [found for one in scenarios if (found := run_on(engine, one))]
        for failure in (one for found in failures for one in found):
            click.echo(f"{failure}\n")
        failed += len(failures)
        held = len(scenarios) - len(failures)
        click.echo(f"{name}: {held} of {len(scenarios)} scenarios hold")
    if failed:
        raise WorkFailed(f"{failed} of the scenarios do not hold.")


@command.command()
def schema() -> None:
    """Print the JSON Schema of the model language, for an editor to check and complete with."""
    click.echo(json.dumps(model_schema(), indent=2, ensure_ascii=False))


@command.command()
@click.argument("name", metavar="NAME_OR_PATH")
@click.argument("version")
@click.option(
    "--at",
    metavar="TIME",
    type=options.Instant(),
    help="From when on (RFC 3339).  [default: as soon as all workers can know]",
)
@options.broker
@options.models
def activate(
    name: str, version: str, at: int | None, broker: Connection, model_names: tuple[str, ...]
) -> None:
    """Switch a model's version for all workers, at an instant.

    What opened before finishes by the version before. VERSION is that of the text, to be sure;
    --models are those that the deployment was started with.
    """
    source, text = text_of(name)
    model = parsed(source, text)
    if model.version != version:
        raise click.UsageError(f"{name} is {model.name} {model.version}, not {version}.")
    activating = imported("touchstone.activating", "model activate")
    wanted = activating.Version(model, text, at)
    base = models_of(model_names)
    with stoppable():
        click.echo(run(activating.activate(broker, wanted, base, EngineSettings())))


@command.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--file", "files", metavar="FILE", multiple=True, required=True, help="May be given again."
)
@options.until
@click.option(
    "--customers",
    "kept",
    metavar="N",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="Show what differs of so many customers, the first by subject.",
)
@click.option("--json", "in_json", is_flag=True, help="Print one JSON object.")
def diff(
    old: str, new: str, files: tuple[str, ...], until: int | None, kept: int, *, in_json: bool
) -> None:
    """Say what would have been said otherwise of a history under NEW than under OLD.

    Both are names or paths of one model. Customers differ where a moment, a stage or an alert
    comes into another state, or at another time; other fields are not compared.
    """
    models = parsed(*text_of(old)), parsed(*text_of(new))
    if models[0].name != models[1].name or models[0].subject != models[1].subject:
        named = " and ".join(f"{one.name} of a {one.subject}" for one in models)
        raise click.UsageError(f"{old} and {new} are {named}; expected two versions of one model.")
    with stoppable(), printing(), TemporaryDirectory(prefix="touchstone-diff-") as folder:
        found = compare(*models, files, until, kept, Path(folder))
        for line in [as_json(found)] if in_json else as_text(found):
            click.echo(line)

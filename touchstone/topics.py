"""`touchstone topics`: create and verify the topics against their contracts."""

from __future__ import annotations

import asyncio

import click

from topics import broker as topics_broker
from topics import contracts
from topics.connection import Connection
from topics.contracts import Clock
from touchstone import options
from touchstone.errors import WorkFailed


@click.group("topics")
def command() -> None:
    """Create and verify the topics, and say what each is."""


@command.command("list")
def list_topics() -> None:
    """List the topics: name, kind, partitions by default, key."""
    for topic in contracts.load().values():
        click.echo(f"{topic.name:<30} {topic.kind:<10} {topic.partitions:>3}  {topic.key}")


@command.command()
@options.broker
@click.option(
    "--clock",
    type=click.Choice(["wall", "events"]),
    default="wall",
    show_default=True,
    help="What moves time in this deployment; it cannot be changed later.",
)
@click.option("--partitions", type=click.IntRange(1), help="Instead of the contracts' number.")
def create(broker: Connection, clock: Clock, partitions: int | None) -> None:
    """Create the topics that are missing."""
    created = asyncio.run(topics_broker.ensure(broker, clock, partitions))
    for name in created:
        click.echo(f"created {name}")
    click.echo(f"{len(contracts.load()) - len(created)} were there.")


@command.command()
@options.broker
def check(broker: Connection) -> None:
    """Compare the broker's topics with their contracts; exit 1 where they differ."""
    problems = asyncio.run(topics_broker.check(broker))
    for problem in problems:
        click.echo(problem)
    if problems:
        raise WorkFailed(f"{len(problems)} differences from the contracts in topics/.")
    click.echo(f"{len(contracts.load())} topics are as their contracts say.")


@command.command()
@click.argument("name")
def describe(name: str) -> None:
    """Say what a topic holds, how it is kept, and who writes and reads it."""
    known = contracts.load()
    if name not in known:
        raise click.UsageError(f"There is no topic {name}; expected one of {', '.join(known)}.")
    topic = known[name]
    click.echo(f"{topic.name}: {topic.description.strip()}\n")
    config = ", ".join(f"{key}={value}" for key, value in topic.config_for("wall").items())
    rows = {
        "key": topic.key,
        "kind": topic.kind,
        "partitions": str(topic.partitions),
        "format": topic.format,
        "schema": topic.schema or "none",
        "config": config,
        "written by": ", ".join(topic.producers),
        "read by": ", ".join(topic.consumers),
    }
    for label, text in rows.items():
        click.echo(f"  {label:<11} {text}")

"""`touchstone dead-letters`: what could not be used, and why."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, Final

import click
import orjson

from topics.connection import Connection
from topics.contracts import DEAD_LETTERS
from topics.deadletters import REASON
from touchstone import options, redrive
from touchstone.errors import WorkFailed
from touchstone.piping import printing
from touchstone.reading import Record, reading

_CONNECT: Final = "__connect.errors."


@click.group("dead-letters")
def command() -> None:
    """See the messages that could not be used, and why, and send again what can be used now.

    An ID is PARTITION-OFFSET.
    """


command.add_command(redrive.command)


@command.command("list")
@options.broker
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The latest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_letters(broker: Connection, limit: int, *, as_json: bool) -> None:
    """List dead letters: id, when, where from, reason."""
    with printing():
        _print(asyncio.run(_all(broker)), limit, as_json=as_json)


def _print(letters: list[Record], limit: int, *, as_json: bool) -> None:
    for letter in sorted(letters, key=lambda letter: letter.timestamp)[-limit:]:
        facts = facts_of(letter)
        if as_json:
            click.echo(orjson.dumps(facts))
        else:
            click.echo(
                f"{facts['id']:<8} {facts['at']}  {facts['from']:<24} {facts['reason']}: "
                f"{facts['message']}"
            )
    if not as_json:
        click.echo(f"{len(letters)} dead letters.")


@command.command()
@options.broker
@click.argument("letter_id", metavar="ID")
def show(broker: Connection, letter_id: str) -> None:
    """Print one dead letter: where it came from, why it is here, and the message as it came."""
    partition, _, offset = letter_id.partition("-")
    if not (partition.isdigit() and offset.isdigit()):
        raise click.UsageError(f"{letter_id!r} is not an ID; expected PARTITION-OFFSET, like 2-17.")
    letter = asyncio.run(_one(broker, int(partition), int(offset)))
    if letter is None:
        raise WorkFailed(f"There is no dead letter {letter_id} on {broker}.")
    for label, text in facts_of(letter).items():
        click.echo(f"{label:<10} {text}")
    click.echo(f"{'key':<10} {(letter.key or b'').decode('utf-8', 'replace')}")
    click.echo((letter.value or b"").decode("utf-8", "replace"))


def facts_of(letter: Record) -> dict[str, Any]:
    """Give what the headers say of a dead letter, without the message itself."""
    # A producer's header may be without a value.
    headers = {name: (value or b"").decode("utf-8", "replace") for name, value in letter.headers}
    origin = "/".join(
        headers.get(_CONNECT + part, "?") for part in ("topic", "partition", "offset")
    )
    at = datetime.fromtimestamp(letter.timestamp / 1000, UTC)
    return {
        "id": f"{letter.partition}-{letter.offset}",
        "at": at.isoformat(timespec="seconds").removesuffix("+00:00") + "Z",
        "from": origin,
        "stage": headers.get(_CONNECT + "stage", "?"),
        "reason": headers.get(REASON, "?"),
        "message": headers.get(_CONNECT + "exception.message", "?"),
    }


async def _all(bootstrap: Connection) -> list[Record]:
    async with reading(bootstrap) as reader:
        return [record async for record in reader.topic(DEAD_LETTERS)]


async def _one(bootstrap: Connection, partition: int, offset: int) -> Record | None:
    async with reading(bootstrap) as reader:
        return await reader.one(DEAD_LETTERS, partition, offset)

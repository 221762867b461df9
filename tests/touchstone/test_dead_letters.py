"""`touchstone dead-letters` on a real broker."""

from __future__ import annotations

import asyncio

import orjson
from click.testing import CliRunner

from topics import broker as topics_broker
from topics.connection import Connection
from topics.contracts import DEAD_LETTERS
from topics.deadletters import dead_letter_headers
from touchstone.cli import cli
from touchstone.producing import connected


async def put_letter(bootstrap: str) -> None:
    await topics_broker.ensure(Connection(bootstrap), "wall")
    headers = dead_letter_headers(
        topic="events.web",
        partition=3,
        offset=17,
        stage="decode",
        exception="BadEvent",
        message="timestamp is missing",
        reason="missing_field",
    )
    async with connected(Connection(bootstrap)) as sender:
        await sender.record((DEAD_LETTERS, 2), b"u1", b'{"a": 1}', 1_700_000_000_000, headers)
        await sender.flush()


def test_letters_are_listed_and_shown_with_where_they_came_from(fresh_kafka: str) -> None:
    asyncio.run(put_letter(fresh_kafka))
    runner = CliRunner(env={"TOUCHSTONE_BROKER": fresh_kafka})

    listed = runner.invoke(cli, ["dead-letters", "list"])
    assert listed.exit_code == 0, listed.output
    assert "events.web/3/17" in listed.output
    assert "missing_field: timestamp is missing" in listed.output
    assert listed.output.endswith("1 dead letters.\n")

    as_json = runner.invoke(cli, ["dead-letters", "list", "--json"])
    assert orjson.loads(as_json.output) == {
        "id": "2-0",
        "at": "2023-11-14T22:13:20Z",
        "from": "events.web/3/17",
        "stage": "decode",
        "reason": "missing_field",
        "message": "timestamp is missing",
    }

    shown = runner.invoke(cli, ["dead-letters", "show", "2-0"])
    assert shown.exit_code == 0
    assert shown.output.endswith('u1\n{"a": 1}\n')
    assert runner.invoke(cli, ["dead-letters", "show", "2-1"]).exit_code == 1
    assert runner.invoke(cli, ["dead-letters", "show", "nonsense"]).exit_code == 2

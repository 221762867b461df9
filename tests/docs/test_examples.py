"""The commands of the documentation that need no broker print what it shows."""

from __future__ import annotations

import asyncio
import sys

import pytest
from aiokafka import AIOKafkaProducer
from click.testing import CliRunner

from journey.event import Event
from journey.journey import Journey
from journey.said import Transition
from tests.docs.pages import PAGES, ROOT, page
from topics import broker, contracts
from topics.connection import Connection
from topics.decode import EventDecoder
from topics.envelope import history_arrival
from topics.parse import parse
from topics.partition import partition_of
from topics.wire import encode_transition
from touchstone.cli import cli
from touchstone.modelfiles import engine_of

EXAMPLES = ROOT / "docs" / "examples"
ALONE = (
    "touchstone replay docs/",
    "touchstone explain ",
    "touchstone model ",
    "touchstone topics describe ",
)
ON_A_BROKER = ("touchstone model activate ", "touchstone model list --broker ")
RUNNABLE = [
    pytest.param(command, output, id=f"{page.name}: {command[:60]}")
    for page in PAGES
    for command, output in page.sessions
    if command.startswith(ALONE) and not command.startswith(ON_A_BROKER) and "|" not in command
]


@pytest.mark.parametrize(("command", "output"), RUNNABLE)
def test_a_command_prints_what_is_shown(
    command: str, output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    assert CliRunner().invoke(cli, command.split()[1:]).stdout == output


def test_the_worked_example_shows_what_live_and_replay_say() -> None:
    shown = [
        sorted(output.splitlines())
        for command, output in page("docs/read-transitions.md").sessions
        if "jq -r" in command
    ]
    assert shown == [_rows(_said("monday", "wednesday")), _rows(_said("monday+wednesday"))]


@pytest.fixture(scope="module")
async def topics_made(fresh_kafka: str) -> str:
    await broker.ensure(Connection(fresh_kafka), "wall")
    return fresh_kafka


async def test_the_producer_of_the_docs_puts_an_event_where_the_detector_expects_it(
    topics_made: str,
) -> None:
    count = contracts.load()[contracts.EVENTS_WEB].partitions
    assert await _run("produce.py", topics_made) == f"events.web/{partition_of(b'cas', count)}/0\n"


async def test_the_consumer_of_the_docs_prints_what_is_shown(topics_made: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=topics_made) as producer:
        for word in _said("monday", "wednesday"):
            key, value = word.subject.encode(), encode_transition(word)
            await producer.send_and_wait(contracts.TRANSITIONS, value, key=key)
    sessions = dict(page("docs/read-transitions.md").sessions)
    shown = next(text for command, text in sessions.items() if "last_words.py" in command)
    assert await _run("last_words.py", topics_made) == shown


async def _run(script: str, bootstrap: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, EXAMPLES / script, bootstrap, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return out.decode()


def _said(*sendings: str) -> list[Transition]:
    """Say what live says when files (`a+b`) are sent one after the other, each with its mark."""
    engine = engine_of([])
    journeys: dict[str, Journey] = {}
    said: list[Transition] = []
    mark = 0
    for sending in sendings:
        events = _events(sending, EventDecoder(engine.fields))
        for event in events:
            journey = journeys.setdefault(event.subject, engine.open(event.subject))
            said += engine.step(journey, event, mark).transitions
        mark = max(event.a for event in events)
        for journey in journeys.values():
            said += engine.advance(journey, mark).transitions
    return said


def _events(sending: str, decoder: EventDecoder) -> list[Event]:
    texts = ((EXAMPLES / f"{name}.jsonl").read_bytes() for name in sending.split("+"))
    lines = [line for text in texts for line in text.splitlines()]
    return [decoder.decode(line, history_arrival(parse(line))) for line in lines]


def _rows(said: list[Transition]) -> list[str]:
    wanted = ("four-moments", "fmot")
    return sorted(_row(one) for one in said if (one.model, one.moment) == wanted)


def _row(one: Transition) -> str:
    cells = (one.subject, one.instance[:8], one.revision, one.from_ or "-", one.to, one.at)
    return "  ".join(str(cell) for cell in cells)

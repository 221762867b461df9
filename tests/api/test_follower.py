# ruff: noqa: ASYNC110 - what is waited for is in another process or library
from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from services.api import ApiSettings, create_app
from tests.api.listening import place, served, stream_of, take
from tests.api.sayings import Message, alert, letter, said, transition, view
from topics import broker
from topics.connection import Connection
from topics.contracts import TRANSITIONS


@pytest.fixture
async def kafka(fresh_kafka: str) -> str:
    """Give a broker with all topics, empty at the start of each test."""
    async with admin(fresh_kafka) as client:
        if mine := [t for t in await client.list_topics() if not t.startswith("__")]:
            await delete(client, mine)
    await broker.ensure(Connection(fresh_kafka), "wall")
    return fresh_kafka


@pytest.fixture
def followed(kafka: str, tmp_path: Path) -> ApiSettings:
    return ApiSettings(bootstrap=Connection(kafka), data_dir=tmp_path)


@asynccontextmanager
async def admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def delete(client: AIOKafkaAdminClient, topics: list[str]) -> None:
    await client.delete_topics(topics)
    while set(topics) & set(await client.list_topics()):
        await asyncio.sleep(0.1)


@asynccontextmanager
async def detector(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    """Give a transactional producer, as the detector has one."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id="test-detector")
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def say(bootstrap: str, *messages: Message) -> None:
    async with detector(bootstrap) as producer, producer.transaction():
        for message in messages:
            await send(producer, message)


async def send(producer: AIOKafkaProducer, message: Message) -> None:
    await producer.send_and_wait(message.topic, message.value, message.key, headers=message.headers)


@asynccontextmanager
async def following(settings: ApiSettings) -> AsyncIterator[str]:
    """Serve the whole API; gives its address when it has caught up."""
    app = create_app(settings)
    async with served(app) as base:
        await until(base, "/readyz", lambda answer: answer.status_code == 200)
        yield base
        app.state.context.hub.close()


async def until(base: str, path: str, holds: Callable[[httpx.Response], bool]) -> httpx.Response:
    """Ask until the answer is as it should be."""
    async with httpx.AsyncClient(base_url=base) as client, asyncio.timeout(60):
        while not holds(answer := await client.get(path)):
            await asyncio.sleep(0.05)
    return answer


async def stats_of(base: str) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=base) as client:
        body: dict[str, Any] = (await client.get("/api/v1/stats")).json()
    return body


async def test_what_the_detector_says_is_seen_over_http_and_on_the_stream(
    followed: ApiSettings,
) -> None:
    async with following(followed) as base, stream_of(base) as events:
        await place(events)
        kafka = str(followed.bootstrap)
        await say(kafka, said(view(1)), said(transition(1)), said(alert(1)), letter(0))
        got = {event.type: event.data for event in await take(events, 2)}
        assert (got["transition"]["id"], got["alert"]["id"]) == ("t1", "a1")
        customer = await until(base, "/api/v1/customers/u1", lambda a: a.status_code == 200)
        assert customer.json() == view(1)
        await until(base, "/api/v1/stats", lambda a: a.json()["dead_letters"] == 1)
        assert (await stats_of(base))["clock"] == "wall"
        await say(kafka, Message("journeys", b"person:u1", None))
        await until(base, "/api/v1/customers/u1", lambda a: a.json()["models"] == {})


async def test_what_was_there_before_is_read_before_it_is_ready(followed: ApiSettings) -> None:
    await say(str(followed.bootstrap), *(said(view(n)) for n in range(500)))
    async with following(followed) as base:
        assert (await stats_of(base))["customers"] == 500


async def test_what_was_not_committed_is_never_shown(followed: ApiSettings) -> None:
    async with detector(str(followed.bootstrap)) as producer:
        await producer.begin_transaction()
        await send(producer, said(transition(1)))
        await producer.abort_transaction()
    await say(str(followed.bootstrap), said(transition(2)))
    async with following(followed) as base:
        assert (await stats_of(base))["transitions"] == 1
        async with httpx.AsyncClient(base_url=base) as client:
            words = (await client.get("/api/v1/moments")).json()["items"]
    assert [word["id"] for word in words] == ["t2"]


async def test_a_restart_goes_on_exactly_where_it_was(followed: ApiSettings) -> None:
    kafka = str(followed.bootstrap)
    await say(kafka, *(said(transition(n)) for n in range(1, 11)))
    async with following(followed) as base, stream_of(base) as events:
        await place(events)
        await say(kafka, *(said(transition(n)) for n in range(11, 21)))
        seen = await take(events, 10)
    await say(kafka, *(said(transition(n)) for n in range(21, 31)))
    async with following(followed) as base, stream_of(base, seen[-1].id) as events:
        later = await take(events, 10)
        assert (await stats_of(base))["transitions"] == 30
    assert sorted(event.data["id"] for event in seen) == sorted(f"t{n}" for n in range(11, 21))
    assert sorted(event.data["id"] for event in later) == sorted(f"t{n}" for n in range(21, 31))


async def test_topics_made_again_are_read_anew_under_another_epoch(
    followed: ApiSettings,
) -> None:
    await say(str(followed.bootstrap), said(view(1)), said(transition(1)))
    async with following(followed) as base, stream_of(base) as events:
        last = await place(events)
    async with admin(str(followed.bootstrap)) as client:
        await delete(client, [TRANSITIONS])
    await broker.ensure(followed.bootstrap, "wall")
    async with following(followed) as base, stream_of(base, last) as events:
        (reset,) = await take(events, 1)
        stats = await stats_of(base)
    assert reset.type == "reset"
    assert (stats["customers"], stats["transitions"]) == (1, 0)


async def test_a_record_that_cannot_be_read_ends_the_follower_loudly(
    followed: ApiSettings,
) -> None:
    ended = asyncio.Event()
    async with served(create_app(followed, on_fault=ended.set)) as base:
        await say(
            str(followed.bootstrap), Message(TRANSITIONS, b"person:u1", b'{"no": "contract"}')
        )
        await asyncio.wait_for(ended.wait(), 20)
        async with httpx.AsyncClient(base_url=base) as client:
            assert (await client.get("/healthz")).status_code == 503


async def test_a_letter_with_a_header_without_a_value_is_followed(followed: ApiSettings) -> None:
    one = letter(0)
    await say(str(followed.bootstrap), replace(one, headers=[("trace", None), *one.headers]))
    async with following(followed) as base:
        await say(str(followed.bootstrap), said(view(1)))
        await until(base, "/api/v1/stats", lambda a: a.json()["customers"] == 1)
        assert (await stats_of(base))["dead_letters_by_reason"] == {"not_json": 1}


PROGRAM = """
import sys
from pathlib import Path
from services.api import ApiSettings, run
from topics.connection import Connection
broker, directory, port = sys.argv[1:]
run(ApiSettings(bootstrap=Connection(broker), data_dir=Path(directory), port=int(port)))
"""


async def program(settings: ApiSettings, port: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-c",
            PROGRAM,
            str(settings.bootstrap),
            str(settings.data_dir),
            str(port),
        ),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_sigterm_ends_the_process_in_order_with_a_client_on_the_stream(
    followed: ApiSettings, free_port: int
) -> None:
    process = await program(followed, free_port)
    base = f"http://127.0.0.1:{free_port}"
    async with asyncio.timeout(90):
        while True:
            try:
                await until(base, "/readyz", lambda answer: answer.status_code == 200)
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.1)
    async with stream_of(base) as events:
        await place(events)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_a_broker_without_the_topics_ends_the_process_with_what_to_do(
    kafka: str, tmp_path: Path, free_port: int
) -> None:
    async with admin(kafka) as client:
        await delete(client, [TRANSITIONS])
    process = await program(ApiSettings(bootstrap=Connection(kafka), data_dir=tmp_path), free_port)
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode != 0
    assert "touchstone topics create" in errors.decode()


async def test_a_taken_port_is_one_sentence(followed: ApiSettings, free_port: int) -> None:
    async with following(followed) as base:
        process = await program(followed, int(base.rsplit(":", 1)[1]))
        _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode != 0
    assert "PortTaken: The API cannot listen on" in errors.decode()

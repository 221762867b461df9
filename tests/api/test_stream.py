# ruff: noqa: ASYNC110 - what is waited for is in another task
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from services.api import ApiSettings
from services.api.app import wire
from services.api.context import Context
from services.api.frames import frames
from services.api.hub import Hub
from services.api.metrics import Metrics
from services.api.readmodel.entries import Entry, Wanted, entry_of
from services.api.readmodel.records import TransitionSaid, change_of
from tests.api.conftest import opened
from tests.api.listening import place, served, stream_of, take
from tests.api.sayings import alert, said, tell, transition

BEYOND = "{epoch}-" + "9" * 5000


@pytest.fixture
async def base(context: Context) -> AsyncIterator[str]:
    async with served(wire(context)) as base:
        yield base


async def test_what_is_said_arrives_with_its_type_and_number(context: Context, base: str) -> None:
    async with stream_of(base) as events:
        await place(events)
        await tell(context, said(transition(1)), said(alert(1)))
        first, second = await take(events, 2)
    epoch = context.hub.epoch
    assert (first.id, first.type, first.data["id"]) == (f"{epoch}-1", "transition", "t1")
    assert (second.id, second.type, second.data["id"]) == (f"{epoch}-2", "alert", "a1")


async def test_a_new_client_begins_with_what_comes(context: Context, base: str) -> None:
    await tell(context, said(transition(1)))
    async with stream_of(base) as events:
        await place(events)
        await tell(context, said(transition(2)))
        assert [e.data["id"] for e in await take(events, 1)] == ["t2"]


async def test_a_client_that_comes_back_misses_nothing_and_gets_nothing_twice(
    context: Context, base: str
) -> None:
    await tell(context, *(said(transition(n)) for n in range(1, 1_201)))
    async with stream_of(base, f"{context.hub.epoch}-150") as events:
        got = await take(events, 1_050)
        await tell(context, said(transition(1_201)))
        got += await take(events, 1)
    assert [e.data["id"] for e in got] == [f"t{n}" for n in range(151, 1_202)]


async def test_resuming_while_more_is_said_has_no_gap_and_no_repeat(
    context: Context, base: str
) -> None:
    async def talk() -> None:
        for n in range(1, 150):
            await tell(context, said(transition(n)))

    talking = asyncio.create_task(talk())
    got: list[str] = []
    last = f"{context.hub.epoch}-0"
    while len(got) < 149:
        async with stream_of(base, last) as events:
            for event in await take(events, min(37, 149 - len(got))):
                got.append(event.data["id"])
                last = event.id
    await talking
    assert got == [f"t{n}" for n in range(1, 150)]


async def test_resuming_over_a_restart_has_no_gap_and_no_repeat(settings: ApiSettings) -> None:
    async with (
        opened(settings) as context,
        served(wire(context)) as base,
        stream_of(base) as events,
    ):
        await place(events)
        await tell(context, *(said(transition(n)) for n in range(1, 6)))
        last = (await take(events, 3))[-1].id
    async with opened(settings) as context:
        await tell(context, said(transition(6)))
        async with served(wire(context)) as base, stream_of(base, last) as events:
            got = await take(events, 3)
    assert [e.data["id"] for e in got] == ["t4", "t5", "t6"]


@pytest.mark.parametrize("last_id", ["0000-1", "nonsense", "-", "{epoch}-99", "{epoch}--1", BEYOND])
async def test_an_id_that_is_not_known_gets_a_reset_and_then_what_comes(
    context: Context, base: str, last_id: str
) -> None:
    await tell(context, said(transition(1)))
    async with stream_of(base, last_id.format(epoch=context.hub.epoch)) as events:
        (reset,) = await take(events, 1)
        await tell(context, said(transition(2)))
        (after,) = await take(events, 1)
    assert (reset.type, reset.id) == ("reset", f"{context.hub.epoch}-1")
    assert after.data["id"] == "t2"


async def test_head_of_the_stream_is_answered_at_once_and_leaves_no_client(
    context: Context, base: str
) -> None:
    async with httpx.AsyncClient(timeout=5) as client:
        answer = await client.head(f"{base}/api/v1/stream")
    assert (answer.status_code, answer.content) == (200, b"")
    async with asyncio.timeout(30):
        while context.hub._clients:
            await asyncio.sleep(0.01)


async def test_an_id_that_is_too_old_gets_a_reset(settings: ApiSettings) -> None:
    short = msgspec.structs.replace(settings, stream_kept=5)
    async with opened(short) as context, served(wire(context)) as base:
        await tell(context, *(said(transition(n)) for n in range(1, 11)))
        async with stream_of(base, f"{context.hub.epoch}-5") as events:
            assert [e.data["id"] for e in await take(events, 5)] == ["t6", "t7", "t8", "t9", "t10"]
        async with stream_of(base, f"{context.hub.epoch}-4") as events:
            assert (await take(events, 1))[0].type == "reset"


async def test_a_read_model_built_anew_sends_a_reset_as_the_last_event(
    context: Context, base: str
) -> None:
    async with stream_of(base) as events:
        await place(events)
        context.hub.number_from("another", 0)
        (reset,) = await take(events, 1)
        assert (reset.type, reset.id) == ("reset", "another-0")
        with pytest.raises(StopAsyncIteration):
            await anext(events)


@pytest.mark.parametrize(
    ("filters", "got"),
    [
        ({"kind": "stage"}, ["t3"]),
        ({"kind": ["moment", "alert"]}, ["t1", "t2", "a1", "a2"]),
        ({"moment": "zmot"}, ["t2"]),
        ({"state": ["missed", "resolved"]}, ["t2", "a2"]),
        ({"subject": "person:u1"}, ["t1", "a1"]),
        ({"severity": "critical"}, ["a2"]),
        ({"model": "other"}, []),
    ],
)
async def test_filters_let_through_any_of_their_values(
    context: Context, base: str, filters: dict[str, str], got: list[str]
) -> None:
    async with stream_of(base, f"{context.hub.epoch}-0", **filters) as events:
        await place(events)
        await tell(
            context,
            said(transition(1)),
            said(transition(2, moment="zmot", to="missed")),
            said(transition(3, kind="stage", moment=None, to="decision")),
            said(alert(1)),
            said(alert(2, severity="critical", status="resolved")),
        )
        assert [e.data["id"] for e in await take(events, len(got))] == got


async def test_a_heartbeat_keeps_the_place_of_a_client_whose_filter_lets_nothing_through(
    settings: ApiSettings,
) -> None:
    quick = msgspec.structs.replace(settings, heartbeat_s=0.05)
    async with (
        opened(quick) as context,
        served(wire(context)) as base,
        stream_of(base, model="other") as events,
    ):
        assert await place(events) == f"{context.hub.epoch}-0"
        await tell(context, said(transition(1)))
        while await place(events) != f"{context.hub.epoch}-1":
            pass


async def test_a_slow_client_is_cut_off_told_so_and_can_come_back(context: Context) -> None:
    hub = Hub(queue=3, metrics=Metrics())
    hub.number_from("e", 0)
    slow = frames(context.database, hub, Wanted(), None, 1)
    await anext(slow)
    await anext(slow)
    entries = [entry(n) for n in range(1, 6)]
    hub.publish(entries[:1])
    assert (await anext(slow)).startswith(b"id: e-1\nevent: transition")
    for one in entries[1:]:
        hub.publish([one])
    last = [chunk async for chunk in slow]
    assert len(last) == 1
    assert last[0].startswith(b"event: cut\ndata: ")
    assert b"id:" not in last[0]  # its last id is that of the last event it got


async def test_a_client_that_reads_nothing_holds_no_more_than_its_queue() -> None:
    hub = Hub(queue=3, metrics=Metrics())
    client = hub.subscribe(Wanted())
    for n in range(1, 1_000):
        hub.publish([entry(n)])
        assert len(client._waiting) <= 3
    assert client.ended == "cut"


async def test_a_stream_ends_when_the_service_stops(context: Context, base: str) -> None:
    async with stream_of(base) as events:
        await place(events)
        context.hub.close()
        with pytest.raises(StopAsyncIteration):
            await anext(events)


def entry(n: int) -> Entry:
    change = change_of(said(transition(n)))
    assert isinstance(change, TransitionSaid)
    return entry_of(n, change)

from __future__ import annotations

import json
import random
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.api.context import Context
from tests.api.conftest import client_of
from tests.api.sayings import alert, letter, said, tell, transition, view


async def listed(client: httpx.AsyncClient, path: str, **filters: Any) -> list[dict[str, Any]]:
    answer = await client.get(path, params=filters)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_customer_is_found_by_subject_and_by_bare_user_id(
    context: Context, client: httpx.AsyncClient
) -> None:
    await tell(context, said(view(1)))
    for name in ("person:u1", "u1", "person%3Au1"):
        assert (await client.get(f"/api/v1/customers/{name}")).json() == view(1)


async def test_a_customer_id_may_hold_anything(context: Context, client: httpx.AsyncClient) -> None:
    strange = {**view(1), "subject": "person:a/b c?é@x"}
    await tell(context, said(strange))
    answer = await client.get("/api/v1/customers/a%2Fb%20c%3F%C3%A9%40x")
    assert answer.json()["subject"] == "person:a/b c?é@x"


async def test_a_customer_whose_life_has_ended_is_still_known_by_what_was_said(
    context: Context, client: httpx.AsyncClient
) -> None:
    await tell(context, said(transition(1)))
    answer = await client.get("/api/v1/customers/u1")
    assert answer.status_code == 200
    assert answer.json() == {
        "subject": "person:u1",
        "clock": transition(1).at,
        "next_deadline": None,
        "models": {},
        "alerts": [],
    }


async def test_customers_are_found_by_stage_moment_and_state(
    context: Context, client: httpx.AsyncClient
) -> None:
    await tell(context, said(view(1)), said(view(2, state="met")), said(view(3, stage="use")))

    async def found(**filters: str) -> list[str]:
        return [c["subject"][-2:] for c in await listed(client, "/api/v1/customers", **filters)]

    assert await found() == ["u1", "u2", "u3"]
    assert await found(moment="fmot", state="open") == ["u1", "u3"]
    assert await found(stage="use") == ["u3"]
    assert await found(stage="decision", state="met") == ["u2"]
    assert await found(model="four-moments", moment="zmot") == []


async def test_the_timeline_has_transitions_and_alerts_newest_first(
    context: Context, client: httpx.AsyncClient
) -> None:
    late = transition(5, subject="person:u1", instance="i1", revision=2, to="missed")
    await tell(context, said(view(1)), said(transition(1)), said(late), said(alert(1)))
    items = await listed(client, "/api/v1/customers/u1/timeline")
    assert [item["type"] for item in items] == ["transition", "alert", "transition"]
    assert items[0]["transition"]["to"] == "missed"
    assert items[1]["alert"]["id"] == "a1"


async def test_alerts_are_filtered_and_counted(context: Context, client: httpx.AsyncClient) -> None:
    await tell(
        context,
        said(alert(1)),
        said(alert(2, severity="critical", team="care")),
        said(alert(3, status="resolved")),
    )
    answer = (await client.get("/api/v1/alerts", params={"status": "firing"})).json()
    assert [a["id"] for a in answer["items"]] == ["a2", "a1"]
    assert answer["counts"] == {"firing": {"warning": 1, "critical": 1}, "resolved": {"warning": 1}}
    assert [a["id"] for a in await listed(client, "/api/v1/alerts", team="care")] == ["a2"]
    both = await listed(client, "/api/v1/alerts", status=["resolved", "firing"], severity="warning")
    assert [a["id"] for a in both] == ["a3", "a1"]
    one = (await client.get("/api/v1/alerts", params={"subject": "person:u2"})).json()
    assert one["counts"] == {"firing": {"critical": 1}}
    assert (await client.get("/api/v1/alerts/a3")).json()["status"] == "resolved"


async def test_moments_are_the_last_words(context: Context, client: httpx.AsyncClient) -> None:
    await tell(context, said(transition(1)), said(transition(2)))
    await tell(context, said(transition(1, id="x", revision=2, to="met")))
    assert [m["to"] for m in await listed(client, "/api/v1/moments")] == ["open", "met"]
    assert [m["id"] for m in await listed(client, "/api/v1/moments", state="met")] == ["x"]


async def test_stats_count_what_there_is(context: Context, client: httpx.AsyncClient) -> None:
    await tell(context, said(view(1)), said(transition(1)), said(alert(1)), letter(4))
    stats = (await client.get("/api/v1/stats")).json()
    assert (stats["customers"], stats["transitions"], stats["dead_letters"]) == (1, 1, 1)
    assert stats["moments"] == {"four-moments": {"fmot": {"open": 1}}}
    assert stats["alerts"] == {"firing": {"warning": 1}}
    assert stats["latest"] == transition(1).at


@pytest.mark.parametrize("path", ["/api/v1/customers", "/api/v1/alerts", "/api/v1/moments"])
async def test_pages_neither_repeat_nor_skip_while_rows_are_written(
    context: Context, client: httpx.AsyncClient, path: str
) -> None:
    for n in range(10, 30):
        await tell(context, said(view(n)), said(transition(n)), said(alert(n)))
    seen: list[str] = []
    cursor: str | None = None
    fresh = 40
    while True:
        query: dict[str, str | int] = {"limit": 7, **({"cursor": cursor} if cursor else {})}
        page = (await client.get(path, params=query)).json()
        seen += [item["subject"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
        fresh += 1  # newer than all of them, and before the first subject
        newer = {**view(fresh), "subject": f"person:a{fresh}"}
        await tell(context, said(newer), said(transition(fresh)), said(alert(fresh)))
    assert sorted(seen) == [f"person:u{n}" for n in range(10, 30)]


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/api/v1/customers/nobody", 404, "person:nobody"),
        ("GET", "/api/v1/customers/nobody/timeline", 404, "person:nobody"),
        ("GET", "/api/v1/alerts/none", 404, "no alert none"),
        ("GET", "/api/v1/models/none", 404, "no model none"),
        ("GET", "/api/v1/nothing", 404, "/api/v1/nothing"),
        ("POST", "/api/v1/stats", 405, "POST"),
        ("GET", "/api/v1/alerts?limit=501", 422, "query.limit"),
        ("GET", "/api/v1/alerts?limit=0", 422, "query.limit"),
        ("GET", "/api/v1/alerts?limit=x", 422, "query.limit"),
        ("GET", "/api/v1/alerts?status=burning", 422, "query.status"),
        ("GET", "/api/v1/alerts?sevrity=info", 422, "query.sevrity"),
        ("GET", "/api/v1/customers?state=sad", 422, "query.state"),
        ("GET", "/api/v1/customers?cursor=!!", 422, "query.cursor"),
        ("GET", "/api/v1/alerts?cursor=WzFd", 422, "query.cursor"),
        ("GET", "/api/v1/stream?kind=rumour", 422, "query.kind"),
    ],
)
async def test_every_error_is_a_problem_that_says_what_and_where(
    client: httpx.AsyncClient, method: str, path: str, status: int, says: str
) -> None:
    answer = await client.request(method, path)
    body = answer.json()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert body["instance"] == path.partition("?")[0]
    assert says in body["detail"]


def strange_cursors() -> Iterator[str]:
    """Give cursors that no list has given out: JSON that is no sort key, and what is no JSON."""
    chance = random.Random(7)
    edges = [2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**30, 10**308, 1e308, -0.0, True]
    numbers = [*edges, *(chance.randrange(-(2**70), 2**70) for _ in range(40))]
    texts = ["", "x", "\x00", "\ud800", "é" * 300]
    for number in numbers:
        for text in texts:
            yield encoded(json.dumps([number, text]))
        yield from (encoded(json.dumps(one)) for one in (number, [number, number], [[number]]))
    yield from (encoded(json.dumps(text)) for text in texts)
    yield encoded("[" + "9" * 5000 + ',"x"]')
    yield from ("!", "=", "====", "A", "é", "\x00", encoded("[" * 5000), encoded("[1e400, 1]"))
    yield from ("".join(chance.choices("abcXYZ019-_=", k=chance.randrange(30))) for _ in range(50))


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode()


@pytest.mark.parametrize(
    "path",
    ["/api/v1/customers", "/api/v1/customers/u1/timeline", "/api/v1/alerts", "/api/v1/moments"],
)
async def test_a_cursor_is_a_place_in_the_list_or_a_problem_whatever_it_is(
    context: Context, client: httpx.AsyncClient, path: str
) -> None:
    await tell(context, said(view(1)), said(transition(1)), said(alert(1)))
    answers = [await client.get(path, params={"cursor": one}) for one in strange_cursors()]
    assert {answer.status_code for answer in answers} == {200, 422}
    assert all("query.cursor" in one.json()["detail"] for one in answers if one.status_code == 422)


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static/console.css"),
        *("/api/v1/stats", "/api/v1/alerts", "/api/v1/alerts/a1", "/api/v1/alerts/none"),
        *("/api/v1/customers/u1", "/api/v1/customers?cursor=!!", "/customers/u1"),
    ],
)
async def test_head_is_get_without_the_body(
    context: Context, client: httpx.AsyncClient, path: str
) -> None:
    await tell(context, said(view(1)), said(alert(1)))
    got, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    kept = {"content-type", "content-length", "content-security-policy", "cache-control"}
    if path == "/metrics":  # asking has made it longer
        kept.remove("content-length")
    assert {name: head.headers.get(name) for name in kept} == {
        name: got.headers.get(name) for name in kept
    }


async def test_head_is_no_operation_of_its_own(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert {method for one in paths.values() for method in one} == {"get"}


async def test_a_fault_is_a_problem_that_gives_nothing_away(
    context: Context, client: httpx.AsyncClient
) -> None:
    await context.database.write(lambda s: s.run("DROP TABLE alerts"))
    answer = await client.get("/api/v1/alerts")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "content-security-policy" in answer.headers
    assert "table" not in answer.text


async def test_readiness_says_why_not(context: Context, client: httpx.AsyncClient) -> None:
    place = ("alerts", 0)
    context.lag.ends_at({place: 3}, now_s=context.lag._heard_s)
    assert "3 records to go" in (await client.get("/readyz")).json()["detail"]
    context.lag.read_to({place: 3})
    assert (await client.get("/readyz")).status_code == 200


async def test_health_fails_when_the_follower_has_ended(
    context: Context, client: httpx.AsyncClient
) -> None:
    assert (await client.get("/healthz")).status_code == 200
    context.fault = RuntimeError("gone")
    assert (await client.get("/healthz")).status_code == 503


async def test_metrics_name_routes_and_never_customers(
    context: Context, client: httpx.AsyncClient
) -> None:
    await tell(context, said(view(1)))
    await client.get("/api/v1/customers/u1")
    text = (await client.get("/metrics")).text
    labels = 'method="GET",route="/api/v1/customers/{subject:path}",status="200"'
    assert f"touchstone_api_requests_total{{{labels}}} 1.0" in text
    assert "u1" not in text


async def test_every_answer_carries_the_security_headers(context: Context) -> None:
    async with client_of(context) as client:
        for path in ("/", "/api/v1/stats", "/static/console.css", "/nowhere", "/healthz"):
            answer = await client.get(path)
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "default-src 'self'" in answer.headers["content-security-policy"]
            assert "unsafe" not in answer.headers["content-security-policy"]

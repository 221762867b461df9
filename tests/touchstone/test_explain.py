"""`touchstone explain`: one customer's journey from files, as of any instant."""

from __future__ import annotations

import gzip
import json
import os
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from touchstone.cli import cli

DATA = Path(os.environ.get("TOUCHSTONE_DATA", Path(__file__).parents[3] / "shared" / "data"))
MONDAY = str(Path(__file__).parents[2] / "docs" / "examples" / "monday.jsonl")


def event(n: int, name: str, at: str, **more: Any) -> dict[str, Any]:
    return {"messageId": f"m{n}", "type": "track", "event": name, "timestamp": at, **more}


DEVICE = {"anonymousId": "d1"}
BOTH = {"anonymousId": "d1", "userId": "ann"}
ANN = [
    event(1, "Product Viewed", "2026-03-01T09:00:00Z", **DEVICE),
    event(2, "Product Viewed", "2026-03-01T10:00:00Z", **DEVICE),
    event(3, "Product Viewed", "2026-03-01T11:00:00Z", **BOTH),
    event(4, "Product Added", "2026-03-02T09:00:00Z", receivedAt="2026-03-03T09:00:00Z", **BOTH),
    event(5, "Page", "2026-02-01T09:00:00Z", receivedAt="2026-03-01T09:00:00Z", userId="ann"),
    event(6, "Group", "2026-03-02T10:00:00Z", userId="ann", context={"groupId": "acme"}),
    event(7, "Product Viewed", "2026-03-02T10:00:00Z", userId="bob"),
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["explain", *arguments])


def told(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in ANN), encoding="utf-8")
    return str(path)


@pytest.fixture
def incidents(tmp_path: Path) -> str:
    real = DATA / "incidents.jsonl.gz"
    if not real.exists():
        pytest.skip(f"{real} is not there")
    path = tmp_path / "incidents.jsonl"
    with gzip.open(real, "rt", encoding="utf-8") as lines:
        path.write_text("".join(islice(lines, 2_000)), encoding="utf-8")
    return str(path)


def states(explanation: Any) -> dict[str, list[str]]:
    return {
        moment["moment"]: [one["state"] for one in moment["instances"]]
        for model in explanation["models"]
        for moment in model["moments"]
    }


def test_it_goes_back_to_what_had_arrived_by_then(file: str) -> None:
    def at(*more: str) -> Any:
        return told("ann", "--file", file, "--model", "four-moments", *more)

    assert at("--at", "2026-03-02T12:00:00Z")["clock"] == "2026-03-02T12:00:00Z"
    assert states(at("--at", "2026-03-02T12:00:00Z"))["fmot"] == []
    assert states(at("--at", "2026-03-03T09:00:00Z"))["fmot"] == ["missed"]
    assert at()["clock"] == "2026-03-03T09:00:00Z"


def test_what_a_device_did_is_the_persons_and_it_says_why(file: str) -> None:
    found = told("ann", "--file", file, "--model", "four-moments", "--moment", "zmot")
    assert states(found) == {"zmot": ["met"]}
    (device,) = [one for one in found["origins"] if one["why"].startswith("anon:d1 is person:ann")]
    assert (device["events"], device["first"]) == (2, "2026-03-01T09:00:00Z")


def test_before_the_link_arrived_the_events_were_the_devices(file: str) -> None:
    found = told("anon:d1", "--file", file, "--at", "2026-03-01T10:30:00Z", "--moment", "zmot")
    assert "2 of 3 `research` within 7d" in found["models"][0]["moments"][0]["unopened"][0]
    later = run("anon:d1", "--file", file)
    assert later.exit_code == 1
    assert "what it did belongs to person:ann" in later.output


def test_an_account_is_explained_by_its_members_events(file: str) -> None:
    found = told("account:acme", "--file", file, "--model", "b2b-lifecycle", "--moment", "options")
    assert found["subject"] == "account:acme"
    assert {one["why"] for one in found["origins"]} == {"it is of a member of account:acme"}
    assert found["models"][0]["stage"]["name"] is not None


def test_refused_events_are_listed_with_the_reason(file: str) -> None:
    (refused,) = told("ann", "--file", file)["refused"]
    assert refused["message_id"] == "m5"
    assert refused["why"].startswith("it happened at 2026-02-01T09:00:00Z and came at")


def test_an_unknown_customer_is_1_with_the_nearest(file: str) -> None:
    result = run("anne", "--file", file)
    assert result.exit_code == 1
    assert "There is no event of person:anne; the nearest known are person:ann" in result.output


def test_nobody_is_known_before_the_first_arrival(file: str) -> None:
    result = run("ann", "--file", file, "--at", "2026-02-01T00:00:00Z")
    assert result.exit_code == 1
    assert "that had arrived by 2026-02-01T00:00:00Z" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--moment", "zmto"), "There is no moment zmto; expected zmot"),
        (("--model", "four-moment"), "There is no model four-moment; expected four-moments"),
        (("--at", "yesterday"), "--at: "),
        (("--file", "-"), "cannot read standard input"),
    ],
)
def test_wrong_use_is_2_and_says_what_is_right(
    file: str, arguments: tuple[str, ...], says: str
) -> None:
    result = run("ann", "--file", file, *arguments)
    assert result.exit_code == 2
    assert says in result.output


def test_without_a_file_it_is_wrong_use() -> None:
    assert run("ann").exit_code == 2


def test_a_page_into_a_pipe_has_no_colours_and_wraps_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    page = run("ann", "--file", MONDAY, "--at", "2026-03-02T18:00:00Z").stdout
    assert "\x1b" not in page
    assert "      it is missed at 2026-03-03T10:00:00Z if no `order` comes (" in page


def test_a_page_has_colours_where_they_are_forced_but_not_with_no_color(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    arguments = ("ann", "--file", MONDAY, "--at", "2026-03-02T18:00:00Z")
    assert "\x1b[36mopen" in run(*arguments).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[36m" not in run(*arguments).stdout


def test_a_real_ticket_is_open_then_missed_by_business_hours(incidents: str) -> None:
    def service(at: str) -> Any:
        model = ("--model", "stimulus-to-sharing", "--moment", "service")
        found = told("caller-3765", "--file", incidents, "--at", at, *model)
        (one,) = found["models"][0]["moments"][0]["instances"]
        return found, one

    found, one = service("2016-02-29T07:00:00Z")
    assert (one["state"], one["key"]) == ("open", "INC0000062")
    assert one["deadline"] == found["coming"][-1]["at"] == "2016-02-29T09:00:00Z"
    assert found["coming"][-1]["words"].endswith("left in calendar service-desk)")
    assert service("2016-02-29T09:00:00Z")[1]["state"] == "missed"


def test_a_real_ticket_that_is_no_complaint_says_what_was_expected(incidents: str) -> None:
    arguments = ("--at", "2016-03-02T12:00:00Z", "--model", "six-steps", "--moment", "complaint")
    page = run("caller-3765", "--file", incidents, *arguments).stdout
    assert (
        "Ticket Created at 2016-02-29T06:58:00Z is no `complains`: "
        "properties.category is Category 53, expected complaint"
    ) in page

"""`touchstone replay`: the same bytes whatever the order of lines, and clear about bad input."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from touchstone.cli import cli


def event(n: int, name: str, at: str, **properties: Any) -> dict[str, Any]:
    return {
        "messageId": f"m{n}",
        "type": "track",
        "event": name,
        "userId": f"u{n % 3}",
        "timestamp": at,
        "properties": properties,
    }


EVENTS = [
    event(1, "Product Added", "2026-03-01T09:00:00Z", price=10),
    event(4, "Order Completed", "2026-03-01T09:00:00Z", order_id="o1", total=10),
    event(7, "Payment Failed", "2026-03-01T08:00:00Z"),
    event(2, "Product Added", "2026-03-02T09:00:00Z", price=30),
    event(3, "Product Viewed", "2026-03-02T20:00:00Z"),
]


def write(path: Path, events: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
    return str(path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["replay", *arguments])


@pytest.fixture
def file(tmp_path: Path) -> str:
    return write(tmp_path / "events.jsonl", EVENTS)


def test_the_same_lines_in_any_order_give_the_same_bytes(file: str, tmp_path: Path) -> None:
    shuffled = EVENTS + EVENTS[:2]
    random.Random(4).shuffle(shuffled)
    first = run(file).stdout_bytes
    assert first == run(file).stdout_bytes
    assert first == run(write(tmp_path / "shuffled.jsonl", shuffled)).stdout_bytes


def test_transitions_are_ordered_by_when_they_became_true(file: str) -> None:
    said = [json.loads(line) for line in run(file).stdout.splitlines()]
    order = [(one["at"], one["subject"], one["instance"], one["revision"]) for one in said]
    assert order == sorted(order)
    decisions = [one for one in said if (one["model"], one["moment"]) == ("four-moments", "fmot")]
    fmot = [(one["to"], one["at"]) for one in decisions]
    assert fmot == [
        ("open", "2026-03-01T09:00:00Z"),
        ("met", "2026-03-01T09:00:00Z"),
        ("open", "2026-03-02T09:00:00Z"),
    ]


def test_until_lets_the_clock_run_on(file: str) -> None:
    def states(*more: str) -> set[str]:
        return {json.loads(line)["to"] for line in run(file, *more).stdout.splitlines()}

    assert "missed" not in states()
    assert "missed" in states("--until", "2026-03-04T00:00:00Z")


@pytest.mark.parametrize("until", ["yesterday", "2026-03-04T00:00:00", "2026-03-01T00:00:00Z"])
def test_an_instant_that_cannot_be_used_is_wrong_use(file: str, until: str) -> None:
    result = run(file, "--until", until)
    assert (result.exit_code, "expected" in result.output or "Invalid" in result.output) == (
        2,
        True,
    )


def test_one_subject_can_be_asked_for(file: str) -> None:
    said = [json.loads(line) for line in run(file, "--subject", "person:u2").stdout.splitlines()]
    assert {one["subject"] for one in said} == {"person:u2"}
    assert run(file, "--subject", "person:nobody").exit_code == 1


def test_a_bad_line_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(EVENTS[0]) + '\n{"type": "track"}\n', encoding="utf-8")
    result = run(str(path))
    assert result.exit_code == 1
    assert f"{path}:2: " in result.output


def test_a_file_that_is_not_there_is_exit_3() -> None:
    assert run("nowhere.jsonl").exit_code == 3


def test_either_files_or_a_broker(file: str) -> None:
    assert run().exit_code == 2
    assert run(file, "--broker", "127.0.0.1:1").exit_code == 2


def test_events_that_are_not_admitted_are_counted(tmp_path: Path) -> None:
    late = EVENTS[0] | {"receivedAt": "2026-04-01T00:00:00Z"}
    result = run(write(tmp_path / "late.jsonl", [*EVENTS[3:], late]))
    assert result.exit_code == 0
    assert "1 events are not admitted" in result.stderr
    assert "it happened at 2026-03-01T09:00:00Z and came at" in result.stderr


def test_the_summary_counts_last_words(file: str) -> None:
    result = run(file, "--format", "summary")
    assert "fmot" in result.output
    assert "50%" not in result.output
    assert "100%" in result.output


def test_a_table_that_is_piped_has_a_line_each_and_nothing_cut(tmp_path: Path) -> None:
    long_id = "u" * 200 + "\n\u200b"
    file = write(tmp_path / "long.jsonl", [EVENTS[0] | {"userId": long_id}])
    head, *lines = run(file, "--format", "table").stdout.splitlines()
    said = [json.loads(line) for line in run(file).stdout.splitlines()]
    assert head.split() == ["at", "subject", "model", "moment", "key", "from", "to", "reason"]
    assert len(lines) == len(said)
    for line, one in zip(lines, said, strict=True):
        assert f"person:{'u' * 200}\\n\\u200b " in line
        assert line.endswith(one["reason"])


def rows(text: str) -> list[list[str]]:
    """Give the cells of a summary's lines, heads included."""
    lines = (line for line in text.splitlines() if set(line) & set("│┃"))
    return [[cell.strip() for cell in re.split("[│┃]", line)[1:-1]] for line in lines]


def test_the_summary_counts_by_moment_by_stage_and_by_week_the_worst_first(file: str) -> None:
    result = run(file, "--model", "four-moments", "--until", "2026-03-20T00:00:00Z")
    last: dict[str, dict[str, Any]] = {}
    for line in result.stdout.splitlines():
        last[json.loads(line)["instance"]] = json.loads(line)
    fmot = [one["to"] for one in last.values() if one["moment"] == "fmot"]
    assert sorted(fmot) == ["met", "missed"]

    arguments = ("--model", "four-moments", "--until", "2026-03-20T00:00:00Z")
    found = rows(run(file, *arguments, "--format", "summary").stdout)
    heads = [row[1] for row in found if row[0] == "model"]
    assert heads == ["moment", "stage", "week"]
    at = [place for place, row in enumerate(found) if row[0] == "model"]
    moments, stages, weeks = found[1 : at[1]], found[at[1] + 1 : at[2]], found[at[2] + 1 :]
    assert moments[0] == ["four-moments", "fmot", "2", "0", "0", "1", "1", "0", "50%"]
    assert ["four-moments", "decision", "2", "0", "0", "1", "1", "0", "50%"] in stages
    assert {row[1] for row in weeks} >= {"2026-W09", "2026-W10"}
    rates = [row[-1] for row in weeks]
    assert rates == sorted(rates, key=lambda rate: 101 if rate == "none" else int(rate[:-1]))
    total = len([one for one in last.values() if one["moment"]])
    for table in (moments, stages, weeks):
        assert sum(int(row[2]) for row in table) == total

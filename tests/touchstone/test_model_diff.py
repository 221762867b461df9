"""`touchstone model diff`: what another version of a model would have said of the same history."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from touchstone.cli import cli
from touchstone.modelfiles import shipped

DATA = Path(os.environ.get("TOUCHSTONE_DATA", Path(__file__).parents[3] / "shared" / "data"))
HISTORY = str(DATA / "retailrocket.jsonl.gz")
ENDS = ("met", "missed", "lapsed")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def changed(folder: Path, name: str = "changed", **changes: tuple[str, str]) -> str:
    """Write four-moments with some of its text replaced; give the path."""
    text = shipped()["four-moments"].read_text(encoding="utf-8")
    for was, becomes in (("version: 1.0.0", "version: 2.0.0"), *changes.values()):
        assert was in text
        text = text.replace(was, becomes)
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def hurried(tmp_path: Path) -> str:
    """Four moments with one hour to an order instead of a day."""
    return changed(tmp_path, patience=("cart-patience: 24h", "cart-patience: 1h"))


@pytest.fixture
def history(tmp_path: Path) -> str:
    """Two customers: one orders after two hours, the other after ten minutes."""
    events = [
        ("u1", "Product Added", "2026-03-01T09:00:00Z"),
        ("u1", "Order Completed", "2026-03-01T11:00:00Z"),
        ("u2", "Product Added", "2026-03-01T09:00:00Z"),
        ("u2", "Order Completed", "2026-03-01T09:10:00Z"),
    ]
    return written(tmp_path / "history.jsonl", events)


def written(path: Path, events: list[tuple[str, str, str]]) -> str:
    lines = (
        {"messageId": f"m{n}", "type": "track", "event": name, "userId": user, "timestamp": at}
        for n, (user, name, at) in enumerate(events)
    )
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def replayed(model: str) -> list[dict[str, Any]]:
    result = run("replay", HISTORY, "--model", model)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def counted(said: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """Count moments from what replay prints."""
    found: dict[str, Counter[str]] = {}
    last = {one["instance"]: one for one in said if one["moment"]}
    for one in last.values():
        counts = found.setdefault(one["moment"], Counter())
        counts["opened"] += 1
        if one["to"] in ENDS:
            counts[one["to"]] += 1
    for instance in {one["instance"] for one in said if one["to"] == "at_risk"}:
        found[last[instance]["moment"]]["at_risk"] += 1
    return found


def ways(said: list[dict[str, Any]]) -> dict[str, set[tuple[str, str, str]]]:
    """Give what is said of each subject: which instance comes into which state, when."""
    found: dict[str, set[tuple[str, str, str]]] = {}
    for one in said:
        found.setdefault(one["subject"], set()).add((one["instance"], one["to"], one["at"]))
    return found


@pytest.mark.skipif(not Path(HISTORY).exists(), reason="NOT TESTED: set TOUCHSTONE_DATA")
def test_the_counts_are_those_of_two_replays_of_real_data(hurried: str) -> None:
    result = run("model", "diff", "four-moments", hurried, "--file", HISTORY, "--json")
    assert result.exit_code == 0, result.output
    diff = json.loads(result.stdout)
    before, after = replayed("four-moments"), replayed(hurried)
    for side, said in (("before", before), ("after", after)):
        counts = counted(said)
        for moment, shown in diff["moments"].items():
            for measure in ("opened", "at_risk", *ENDS):
                assert shown[side][measure] == counts.get(moment, Counter())[measure]
        for stage, customers in diff["stages"].items():
            there = {
                one["subject"] for one in said if one["kind"] == "stage" and one["to"] == stage
            }
            assert customers[side] == len(there)
    was, becomes = ways(before), ways(after)
    different = sorted(one for one in was | becomes if was.get(one) != becomes.get(one))
    assert diff["different"] == len(different) > 10
    assert [one["subject"] for one in diff["first"]] == different[:10]
    fmot = diff["moments"]["fmot"]
    assert fmot["after"]["missed"] > fmot["before"]["missed"]
    assert fmot["after"]["met_of_decided"] < fmot["before"]["met_of_decided"]


def test_a_customer_is_shown_with_what_differs(hurried: str, history: str) -> None:
    result = run("model", "diff", "four-moments", hurried, "--file", history)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "four-moments 1.0.0 → 2.0.0, over 2 customers"
    at = lines.index("1 of 2 customers differ; the first 1:")
    assert lines[at + 1] == "person:u1"
    opened = "open 2026-03-01T09:00:00Z"
    assert lines[at + 2] == (
        f"  fmot: {opened}, met 2026-03-01T11:00:00Z → {opened}, missed 2026-03-01T10:00:00Z"
    )
    (fmot,) = [line.replace(" → ", "→").split() for line in lines if line.startswith("fmot")]
    assert fmot == ["fmot", "2", "0", "2→1", "0→1", "0", "0→1", "100.0%→50.0%"]


def test_alerts_that_would_be_new_are_told(hurried: str, history: str) -> None:
    result = run("model", "diff", "four-moments", hurried, "--file", history, "--json")
    differences = json.loads(result.stdout)["first"][0]["differences"]
    (alert,) = [one for one in differences if one["what"].startswith("alert")]
    assert alert["before"] == ""
    assert alert["after"].endswith("count 1")


@pytest.mark.parametrize("kept", [0, 1])
def test_so_many_customers_are_shown(hurried: str, history: str, kept: int) -> None:
    arguments = ("model", "diff", "four-moments", hurried, "--file", history)
    result = run(*arguments, "--customers", str(kept))
    assert result.stdout.count("person:") == kept
    assert "1 of 2 customers differ" in result.stdout


def test_where_nothing_would_change_it_says_so(tmp_path: Path, history: str) -> None:
    result = run("model", "diff", "four-moments", changed(tmp_path), "--file", history)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1:] == ["nothing would change"]


def test_a_moment_that_is_gone_goes_to_none(tmp_path: Path, history: str) -> None:
    files = []
    for version, moment in (("1.0.0", "asked"), ("2.0.0", "answered")):
        path = tmp_path / f"{moment}.yaml"
        path.write_text(
            f"model: small\nversion: {version}\ntitle: Small\nsource: the tests\nstages: [new]\n"
            "signals:\n  cart: {events: Product Added}\n  order: {events: Order Completed}\n"
            f"moments:\n  {moment}:\n    title: One\n    opens: {{on: cart}}\n"
            "    met: {on: order}\n",
            encoding="utf-8",
        )
        files.append(str(path))
    result = run("model", "diff", *files, "--file", history)
    rows = {line.split()[0]: line.split()[1:4] for line in result.stdout.splitlines() if line}
    assert rows["asked"] == ["2", "→", "0"]
    assert rows["answered"] == ["0", "→", "2"]


def test_two_models_of_different_names_are_wrong_use(history: str) -> None:
    result = run("model", "diff", "four-moments", "six-steps", "--file", history)
    assert result.exit_code == 2
    assert "expected two versions of one model" in result.output


def test_a_model_or_file_that_is_not_there_is_exit_3(history: str) -> None:
    assert run("model", "diff", "four-moments", "none.yaml", "--file", history).exit_code == 3
    assert run("model", "diff", "four-moments", "four-moments", "--file", "none").exit_code == 3


# replay under versions with stamps


def test_replay_takes_versions_with_stamps(hurried: str, tmp_path: Path) -> None:
    events = [
        ("u1", "Product Added", "2026-03-01T09:00:00Z"),
        ("u2", "Product Added", "2026-03-02T09:00:00Z"),
    ]
    file = written(tmp_path / "stamped.jsonl", events)
    stamped = ("--activate", f"{hurried}@2026-03-02T00:00:00Z")
    result = run(
        *("replay", file, "--model", "four-moments", *stamped, "--until", "2026-03-05T00:00:00Z")
    )
    said = [json.loads(line) for line in result.stdout.splitlines()]
    missed = [
        (one["subject"], one["at"], one["model_version"]) for one in said if one["to"] == "missed"
    ]
    assert missed == [
        ("person:u1", "2026-03-02T09:00:00Z", "1.0.0"),
        ("person:u2", "2026-03-02T10:00:00Z", "2.0.0"),
    ]


@pytest.mark.parametrize(
    ("stamped", "expected"),
    [
        ("four-moments", "expected a model and when it comes into force"),
        ("@2026-03-02T00:00:00Z", "expected a model and when it comes into force"),
        ("four-moments@tomorrow", "'tomorrow'"),
        ("four-moments@2026-03-02T00:00:00Z", "expected each version and stamp once"),
    ],
)
def test_a_stamped_version_that_cannot_be_used_is_wrong_use(
    history: str, stamped: str, expected: str
) -> None:
    result = run("replay", history, "--model", "four-moments", "--activate", stamped)
    assert result.exit_code == 2
    assert expected in " ".join(result.output.split())


def test_a_stamped_version_that_is_not_there_is_exit_3(history: str) -> None:
    result = run("replay", history, "--activate", "none.yaml@2026-03-02T00:00:00Z")
    assert result.exit_code == 3

"""`touchstone model`: what it prints, and how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from touchstone.cli import cli
from touchstone.modelfiles import shipped

RETURNS = Path(__file__).parents[2] / "docs" / "examples" / "returns.yaml"
GOOD = """\
- scenario: a refund in time
  steps:
    - {at: "09:00", event: Return Requested, order_id: o-1, expect: {refund o-1: open}}
    - {at: "+7d", event: Order Refunded, order_id: o-1, expect: {refund o-1: met}}
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["model", *map(str, arguments)])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Give a model of one's own, with nothing beside it."""
    return Path(shutil.copy(RETURNS, tmp_path / "mine.yaml"))


@pytest.fixture
def scenarios(model: Path) -> Path:
    """Give the scenarios beside that model; they hold."""
    file = model.with_name("mine.scenarios.yaml")
    file.write_text(GOOD, encoding="utf-8")
    return file


def test_without_arguments_the_scenarios_of_all_shipped_models_are_run() -> None:
    result = run("test")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert [line.partition(":")[0] for line in lines] == list(shipped())
    assert all(line.endswith("scenarios hold") for line in lines)


def test_scenarios_that_hold_end_with_0(model: Path, scenarios: Path) -> None:
    result = run("test", model)
    assert (result.exit_code, result.output) == (0, f"{model}: 1 of 1 scenarios hold\n")


def test_the_file_of_scenarios_may_be_named_instead_of_the_model(scenarios: Path) -> None:
    assert run("test", scenarios).output == run("test", scenarios.with_name("mine.yaml")).output


def test_a_scenario_that_does_not_hold_ends_with_1_and_says_why(
    model: Path, scenarios: Path
) -> None:
    scenarios.write_text(GOOD.replace("+7d", "+8d"), encoding="utf-8")
    result = run("test", model)
    assert result.exit_code == 1
    assert f"{scenarios}:4: a refund in time\n  step 2, day 9 09:00: refund o-1\n" in result.output
    assert "because   no refund within 7d of the return" in result.output
    assert f"{model}: 0 of 1 scenarios hold\n" in result.output


def test_scenarios_with_a_fault_end_with_1_and_its_place(model: Path, scenarios: Path) -> None:
    scenarios.write_text(GOOD.replace("o-1: met", "o-1: mett"), encoding="utf-8")
    result = run("test", model)
    assert result.exit_code == 1
    assert f"{scenarios}:4:66: 'mett' is not a state of a moment; expected 'met'" in result.output


def test_an_event_that_no_topic_would_carry_ends_with_1(model: Path, scenarios: Path) -> None:
    scenarios.write_text(GOOD.replace('"09:00"', "3001-01-01T00:00:00Z"), encoding="utf-8")
    result = run("test", model)
    assert result.exit_code == 1
    assert f"{scenarios}:1: an event is not one: " in result.output


def test_a_model_without_scenarios_ends_with_3_and_says_where_to_write_them(model: Path) -> None:
    result = run("test", model)
    assert result.exit_code == 3
    assert "write them beside it, in mine.scenarios.yaml" in result.output


def test_a_model_that_is_not_there_ends_with_3() -> None:
    for word in ("test", "show", "check"):
        assert run(word, "no-such-model").exit_code == 3


def test_a_model_that_is_not_valid_cannot_be_tested(model: Path, scenarios: Path) -> None:
    model.write_text("model: [", encoding="utf-8")
    result = run("test", model)
    assert result.exit_code == 1
    assert f"{model}:1:" in result.output


def test_check_reads_models_and_scenarios(model: Path, scenarios: Path) -> None:
    result = run("check", model, scenarios)
    assert result.exit_code == 0
    assert f"{model}: valid (returns 1.0.0)" in result.output
    assert f"{scenarios}: valid (1 scenarios)" in result.output


def test_check_goes_on_after_a_fault_and_ends_with_1(model: Path, scenarios: Path) -> None:
    model.write_text(model.read_text("utf-8").replace("met:", "mett:"), encoding="utf-8")
    result = run("check", model, "four-moments")
    assert result.exit_code == 1
    assert "'mett' is not a key of moments.refund; expected 'met'" in result.output
    assert "four-moments: valid" in result.output
    assert "1 of 2 files cannot be used." in result.output


def test_show_prints_the_text_or_a_diagram(model: Path) -> None:
    assert run("show", model).output == RETURNS.read_text("utf-8")
    assert "stateDiagram-v2\n" in run("show", model, "--format", "mermaid").output


def test_show_draws_no_model_that_is_not_valid(model: Path) -> None:
    model.write_text("model: [", encoding="utf-8")
    assert run("show", model, "--format", "mermaid").exit_code == 1


def test_schema_prints_json() -> None:
    result = run("schema")
    assert result.exit_code == 0
    assert json.loads(result.output)["title"] == "A Touchstone model"


def test_list_names_what_ships() -> None:
    names = [line.split()[0] for line in run("list").output.splitlines()]
    assert names == list(shipped())

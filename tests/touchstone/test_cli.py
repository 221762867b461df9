"""The group of commands: names, help, exit codes."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from topics.errors import BrokerUnreachable
from touchstone.cli import COMMANDS, cli


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_is_in_the_module_of_its_name(name: str) -> None:
    module = import_module(f"touchstone.{name.replace('-', '_')}")
    assert isinstance(module.command, click.Command)
    assert module.command.name == name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize("name", ["up", "detector", "api", "replay", "verify"])
@pytest.mark.parametrize("option", ["--model", "--models"])
def test_models_are_given_in_the_singular_or_the_plural(name: str, option: str) -> None:
    module = import_module(f"touchstone.{name}")
    assert any(option in parameter.opts for parameter in module.command.params)


def test_help_imports_no_service() -> None:
    code = """
import sys, touchstone.cli as c
c.cli(["--help"], standalone_mode=False)
sys.exit(any(name in sys.modules for name in ("faust", "fastapi", "aiokafka")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_python_m_touchstone_is_the_command() -> None:
    argv = [sys.executable, "-m", "touchstone", "--version"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("touchstone ")


def test_wrong_use_ends_with_2() -> None:
    assert CliRunner().invoke(cli, ["no-such-command"]).exit_code == 2
    assert CliRunner().invoke(cli, ["send", "--resume", "x.jsonl"]).exit_code == 2


@pytest.mark.parametrize(
    "argv", [["topics", "check"], ["up"], ["verify"], ["dead-letters", "list"]]
)
def test_settings_of_the_connection_that_do_not_fit_are_wrong_use(argv: list[str]) -> None:
    told = {
        "TOUCHSTONE_KAFKA_SECURITY_PROTOCOL": "SSL",
        "TOUCHSTONE_KAFKA_SASL_PASSWORD": "hunter2",
    }
    result = CliRunner().invoke(cli, argv, env=told)
    assert result.exit_code == 2
    assert "TOUCHSTONE_KAFKA_SASL_PASSWORD is set, but" in result.output
    assert "hunter2" not in result.output


def test_up_refuses_to_start_a_kafka_of_its_own_where_a_secured_one_is_asked_for() -> None:
    told = {"TOUCHSTONE_KAFKA_SECURITY_PROTOCOL": "SSL"}
    result = CliRunner().invoke(cli, ["up"], env=told)
    assert result.exit_code == 2
    assert "name yours with --broker" in result.output


def test_a_broker_that_is_away_ends_with_3_and_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_bootstrap: str) -> list[str]:
        raise BrokerUnreachable("Nobody answers.")

    monkeypatch.setattr("topics.broker.check", away)
    result = CliRunner().invoke(cli, ["topics", "check"])
    assert result.exit_code == 3
    assert result.output == "Error: Nobody answers.\n"


def test_describe_names_what_there_is_when_a_topic_is_unknown() -> None:
    result = CliRunner().invoke(cli, ["topics", "describe", "nonsense"])
    assert result.exit_code == 2
    assert "events.web" in result.output


def test_describe_says_who_writes_and_reads() -> None:
    result = CliRunner().invoke(cli, ["topics", "describe", "transitions"])
    assert result.exit_code == 0
    assert "written by" in result.output

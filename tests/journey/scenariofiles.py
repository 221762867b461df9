"""Scenarios in tests: the shipped files, and texts that are run on a shipped model."""

from __future__ import annotations

from pathlib import Path

from journey.engine import Engine
from journey.language import parse_model
from journey.scenarios import Failure, Scenario, read_scenarios, run
from tests.journey.histories import MODELS
from topics.decode import EventDecoder

FILES = sorted(MODELS.glob("*.scenarios.yaml"))


def engine_beside(file: Path) -> Engine:
    """Make an engine of the model that a scenario file is beside."""
    path = file.with_name(file.name.removesuffix(".scenarios.yaml") + ".yaml")
    return Engine([parse_model(path.read_text(encoding="utf-8"), path.name)])


def scenarios_in(file: Path) -> list[Scenario]:
    """Read a scenario file."""
    (model,) = engine_beside(file).models
    return read_scenarios(file.read_text(encoding="utf-8"), file.name, model)


def outcome(engine: Engine, scenario: Scenario) -> list[Failure]:
    """Run a scenario with events decoded as from the topics."""
    return run(scenario, engine, EventDecoder(engine.fields).decode)

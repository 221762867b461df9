"""Scenarios as files: read beside their model, and run on the engine as a detector feeds it."""

from __future__ import annotations

from journey.engine import Engine
from journey.errors import ModelError
from journey.scenarios import Failure, Scenario, read_scenarios, run
from topics.decode import EventDecoder
from topics.errors import BadEvent
from touchstone.errors import WorkFailed
from touchstone.modelfiles import parsed, scenarios_of, text_of


def scenarios_beside(name_or_path: str) -> tuple[Engine, list[Scenario]]:
    """Read a model's scenarios, and make the engine to run them on.

    Raises Missing where a file is not there and WorkFailed where one is not valid.
    """
    model = parsed(*text_of(name_or_path))
    source, text = scenarios_of(name_or_path)
    try:
        return Engine([model]), read_scenarios(text, source, model)
    except ModelError as error:
        raise WorkFailed(str(error)) from error


def run_on(engine: Engine, scenario: Scenario) -> list[Failure]:
    """Run a scenario; give what differs.

    Raises WorkFailed where an event of it could not be on a source topic.
    """
    try:
        return run(scenario, engine, EventDecoder(engine.fields).decode)
    except BadEvent as error:
        raise WorkFailed(
            f"{scenario.source}:{scenario.line}: an event is not one: {error}"
        ) from error

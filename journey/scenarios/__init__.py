"""Scenarios: timelines beside a model that say what must be true when, for people to read.

Text in, results out; a customer's events are folded by the engine as any others are.
"""

from journey.scenarios.reading import Scenario, read_scenarios
from journey.scenarios.report import Failure
from journey.scenarios.running import run

__all__ = ["Failure", "Scenario", "read_scenarios", "run"]

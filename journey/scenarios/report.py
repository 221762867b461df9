"""A failed scenario in words."""

from __future__ import annotations

import msgspec

from journey.scenarios.expectations import Difference


class Failure(msgspec.Struct, frozen=True):
    """What differed, at which step (from 1, with its instant) of which scenario, and where."""

    source: str
    line: int
    scenario: str
    step: int
    at: str
    what: str
    difference: Difference

    def __str__(self) -> str:
        """Tell it in five lines, the first of which an editor can follow."""
        return (
            f"{self.source}:{self.line}: {self.scenario}\n"
            f"  step {self.step}, {self.at}: {self.what}\n"
            f"    expected  {self.difference.expected}\n"
            f"    is        {self.difference.found}\n"
            f"    because   {self.difference.why}"
        )

"""What a step expects of the stage and of its event, and how what is true differs from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import msgspec

from journey.explaining.near import useless
from journey.scenarios.standing import Standing


class Difference(msgspec.Struct, frozen=True):
    """What was expected, what is, and why it is so, each in words."""

    expected: str
    found: str
    why: str


class Expectation(Protocol):
    """Something that must be true at a step."""

    def difference(self, standing: Standing) -> Difference | None:
        """Say how what is true differs; None where it does not."""


class Stage(msgspec.Struct, frozen=True):
    """The stage that the customer is in, since an instant (ms) if given; None for none yet."""

    name: str | None
    since: int | None = None

    def difference(self, standing: Standing) -> Difference | None:
        """Compare with the last word on the stage."""
        word, write = standing.stage(), standing.days.write
        name, since = (word.to, word.at) if word else (None, None)
        if name == self.name and self.since in {None, since}:
            return None
        return Difference(
            (self.name or "none") + (f" at {write(self.since)}" if self.since is not None else ""),
            (name or "none") + (f" at {write(since)}" if since is not None else ""),
            word.reason if word else "; ".join(["no signal has come", *useless(standing.case)]),
        )


class Admission(msgspec.Struct, frozen=True):
    """Whether the step's event is refused; a step that says nothing of it expects the contrary."""

    refused: bool

    def difference(self, standing: Standing) -> Difference | None:
        """Compare with what the engine said of the event."""
        if self.refused is (standing.refused is not None):
            return None
        words = ("refused", "admitted") if self.refused else ("admitted", "refused")
        return Difference(*words, standing.refused or "it happened near enough to its arrival")


def together(texts: Iterable[str]) -> str:
    """Write several things that are, or `none`."""
    return " and ".join(texts) or "none"

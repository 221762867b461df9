"""What is true of a scenario's customer at a step, and what has come in so far."""

from __future__ import annotations

from typing import Any

import msgspec

from journey.engine import Engine
from journey.event import Event
from journey.fold import Part
from journey.journey import Journey
from journey.model import Model, Moment
from journey.said import Alert
from journey.scenarios.days import Days
from journey.word import Instance, Word


class Standing(msgspec.Struct, frozen=True):
    """The customer's journey, the events that were admitted, and why the last one was not."""

    engine: Engine
    model: Model
    days: Days
    journey: Journey
    seen: tuple[Event, ...]
    refused: str | None

    def moment(self, name: str) -> Moment:
        """Give the model's moment of this name."""
        return next(one for one in self.model.moments if one.name == name)

    def words(self, moment: str, key: str | None) -> list[Word]:
        """Give the last words on a moment's instances in the order of opening; of one key if given.

        Those that were retracted are among them.
        """
        words = [
            spoken.word
            for spoken in self.journey.spoken.values()
            if spoken.word.moment == moment and key in {None, spoken.word.key}
        ]
        return sorted(words, key=lambda word: (word.opened, word.instance))

    def stage(self) -> Word | None:
        """Give the last word on the customer's stage."""
        words = (spoken.word for spoken in self.journey.spoken.values())
        return next((word for word in words if word.kind == "stage"), None)

    def alerts(self, moment: str, key: str | None) -> list[Alert]:
        """Give a moment's alerts in the order of their first firing; of one key if given."""
        alerts = [
            state.said
            for state in self.journey.alerts.values()
            if state.said and state.said.moment == moment and key in {None, state.said.key}
        ]
        return sorted(alerts, key=lambda alert: (alert.first_at, alert.key or ""))

    def open_instance(self, word: Word) -> Instance | None:
        """Give the instance that a word is about while it is open."""
        part = self.part()
        found = part and part.open.get(word.moment or "", {}).get(word.key)
        return found if found and found.id == word.instance else None

    def part(self) -> Part | None:
        """Give the model's part of the fold; None before the first signal."""
        return next(iter(self.journey.live.parts), None)

    def known(self) -> dict[str, Any]:
        """Give what is shown of the journey in the model: facts and scores among it."""
        shown: dict[str, Any] = self.engine.view(self.journey)["models"][self.model.name]
        return shown

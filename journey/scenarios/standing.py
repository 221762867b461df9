"""What is true of a scenario's customer at a step, and what has come in so far."""

from __future__ import annotations

from typing import Any

import msgspec

from journey.engine import Engine
from journey.event import Event
from journey.explaining.case import Case, seen_by, stage_word, words_on
from journey.journey import Journey
from journey.model import Model
from journey.said import Alert
from journey.scenarios.days import Days
from journey.tables import Moment
from journey.word import Word


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

    @property
    def case(self) -> Case:
        """What is to be explained: the journey, and the events that have come."""
        (line,) = self.engine.lines
        seen = seen_by(self.engine, self.journey, self.seen)
        return Case(self.engine, line, self.journey, seen, self.days.write)

    def words(self, moment: str, key: str | None) -> list[Word]:
        """Give the last words on a moment's instances in the order of opening; of one key if given.

        Those that were retracted are among them.
        """
        return words_on(self.journey, self.model.name, moment, key)

    def stage(self) -> Word | None:
        """Give the last word on the customer's stage."""
        return stage_word(self.journey, self.model.name)

    def alerts(self, moment: str, key: str | None) -> list[Alert]:
        """Give a moment's alerts in the order of their first firing; of one key if given."""
        alerts = [
            state.said
            for state in self.journey.alerts.values()
            if state.said and state.said.moment == moment and key in {None, state.said.key}
        ]
        return sorted(alerts, key=lambda alert: (alert.first_at, alert.key or ""))

    def known(self) -> dict[str, Any]:
        """Give what is shown of the journey in the model: facts and scores among it."""
        shown: dict[str, Any] = self.engine.view(self.journey)["models"][self.model.name]
        return shown

"""Timelines: what happens, when, and what must be true then. Instants are `day.hour:minute`."""

from __future__ import annotations

from itertools import count
from typing import Any

from journey.engine import Engine
from journey.event import Event
from journey.instant import DAY, HOUR, MINUTE, parse_instant
from journey.replaying import last_words
from journey.said import Alert, Said, Transition
from tests.journey.histories import SUBJECT
from topics import catalogue


def instant(text: str) -> int:
    """Read `2.09:30`: the second day at half past nine, in ms."""
    day, _, clock = text.partition(".")
    hour, _, minute = clock.partition(":")
    return int(day) * DAY + int(hour) * HOUR + int(minute) * MINUTE


class Timeline:
    """One customer, one engine; events arrive when they happen unless `arrives` says otherwise."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.journey = engine.open(SUBJECT)
        self.said: list[Transition] = []
        self.alerts: dict[str, Alert] = {}
        self._ids = count(1)

    def at(
        self,
        when: str,
        name: str,
        *,
        arrives: str | None = None,
        mine: str | None = None,
        **fields: Any,
    ) -> None:
        """Let an event happen; its properties are the fields, `mine` its id if it has one."""
        event = Event(
            subject=SUBJECT,
            message_id=mine or f"m{next(self._ids)}",
            t=instant(when),
            a=instant(arrives or when),
            name=name,
            rank=catalogue.load().rank(name),
            fields={f"properties.{key}": value for key, value in fields.items()},
        )
        assert self.engine.refusal(event) is None
        self._hear(self.engine.step(self.journey, event, event.a))
        self._hear(self.engine.advance(self.journey, event.a))

    def clock(self, when: str) -> None:
        """Let the clock run to an instant."""
        self._hear(self.engine.advance(self.journey, instant(when)))

    def moments(self, name: str) -> list[str]:
        """Give the last word on each instance of a moment, such as `met 2.09:00`, by opening."""
        words = [word for word in last_words(self.said).values() if word.moment == name]
        return [f"{word.to} {self._short(word.at)}" for word in words]

    def words(self, name: str) -> list[str]:
        """Give everything said of a moment, in order."""
        return [word.to for word in self.said if word.moment == name]

    def last(self, name: str) -> Transition:
        """Give the last transition of a moment."""
        return [word for word in self.said if word.moment == name][-1]

    @property
    def stages(self) -> list[str]:
        """The stages said, in order."""
        return [word.to for word in self.said if word.kind == "stage"]

    def alert(self, moment: str) -> Alert:
        """Give the only alert of a moment as last said."""
        (alert,) = [alert for alert in self.alerts.values() if alert.moment == moment]
        return alert

    def _hear(self, said: Said) -> None:
        self.said += said.transitions
        self.alerts.update({alert.id: alert for alert in said.alerts})

    @staticmethod
    def _short(at: str) -> str:
        day, rest = divmod(parse_instant(at), DAY)
        return f"{day}.{rest // HOUR:02}:{rest % HOUR // MINUTE:02}"

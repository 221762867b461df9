"""Stories: what happens to one customer, and what must have been said, whoever tells it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, NamedTuple

import msgspec

from journey.engine import Engine, EngineSettings
from journey.event import Event
from journey.instant import DAY, HOUR, MINUTE, parse_instant
from journey.language import parse_model
from journey.model import Model
from journey.said import Alert, Transition
from tests.journey.histories import SUBJECT
from tests.journey.oracle import Oracle
from tests.journey.timeline import instant

Words = dict[str, dict[str, Any]]


class Told(NamedTuple):
    """Last words by instance; and by moment how many instances fired an alert, last when (ms)."""

    words: Words
    fired: dict[str, tuple[int, int]]


Teller = Callable[[Model, Sequence[Event], int], Told]


def by_oracle(model: Model, events: Sequence[Event], clock: int) -> Told:
    """Ask the oracle."""
    oracle = Oracle([(model, None)], EngineSettings(), SUBJECT)
    words = oracle.fold(events, clock)
    fired: dict[str, tuple[int, int]] = {}
    for instance, firings in oracle.firings.items():
        name = words[instance]["moment"]
        n, last = fired.get(name, (0, 0))
        fired[name] = n + 1, max(last, firings[-1][1])
    return Told(words, fired)


def by_engine(model: Model, events: Sequence[Event], clock: int) -> Told:
    """Ask the engine, event by event, with the clock following behind."""
    engine = Engine([model])
    journey = engine.open(SUBJECT)
    said: list[Transition] = []
    alerts: dict[str, Alert] = {}
    for event in events:
        heard = [engine.step(journey, event, event.a), engine.advance(journey, event.a)]
        said += [one for part in heard for one in part.transitions]
        alerts |= {one.id: one for part in heard for one in part.alerts}
    heard = [engine.advance(journey, clock)]
    said += heard[0].transitions
    alerts |= {one.id: one for one in heard[0].alerts}
    fired: dict[str, tuple[int, int]] = {}
    for alert in alerts.values():
        n, last = fired.get(alert.moment, (0, 0))
        fired[alert.moment] = n + alert.count, max(last, parse_instant(alert.last_at))
    words = {one.instance: msgspec.json.decode(msgspec.json.encode(one)) for one in said}
    return Told({id_: word for id_, word in words.items() if word["to"] != "retracted"}, fired)


HEAD = """
model: story
version: 1.0.0
title: A story
source: the tests
keys: {id: properties.id}
calendars: {office: {zone: UTC, hours: {mon-fri: "09:00-17:00"}}}
"""
STAGES = "stages: [first, second, third]\n"
SIGNALS = """
signals:
  a: {events: A}
  b: {events: B}
  c: {events: C}
  d: {events: D}
"""


class Story:
    """Events of one customer under one model; 1970-01-01, day 0, is a Thursday."""

    def __init__(self, tell: Teller, text: str) -> None:
        stages = "" if "\nstages:" in text else STAGES
        signals = "" if "\nsignals:" in text else SIGNALS
        self.model = parse_model(HEAD + stages + signals + text, "story.yaml")
        self.events: list[Event] = []
        self.now = 0
        self._tell = tell
        self._ids = count(1)

    def at(self, when: str, name: str, **fields: Any) -> None:
        """Let an event happen; its properties are the fields."""
        t = instant(when)
        read = {f"properties.{key}": value for key, value in fields.items()}
        message = f"m{next(self._ids):02}"
        self.events.append(Event(SUBJECT, message, t, t, name, fields=read))
        self.clock(when)

    def clock(self, when: str) -> None:
        """Let the clock run to an instant."""
        self.now = max(self.now, instant(when))

    def told(self) -> Told:
        """Give what was said up to now."""
        return self._tell(self.model, self.events, self.now)

    def words(self, moment: str | None) -> list[dict[str, Any]]:
        """Give the last words on a moment, or on the stage, in the order of their instants."""
        found = [word for word in self.told().words.values() if word["moment"] == moment]
        return sorted(found, key=lambda word: (parse_instant(word["at"]), word["to"]))

    def moments(self, name: str) -> list[str]:
        """Give the last words on a moment in short: `met 0.09:00`."""
        return [f"{word['to']} {short(word['at'])}" for word in self.words(name)]

    def word(self, name: str) -> dict[str, Any]:
        """Give the last of the last words on a moment."""
        return self.words(name)[-1]

    def evidence(self, name: str) -> list[str]:
        """Give the evidence of the last word on a moment in short: `m01 opened`."""
        return [f"{one['message_id']} {one['role']}" for one in self.word(name)["evidence"]]

    def deadline(self, name: str) -> str | None:
        """Give the deadline in the last word on a moment."""
        found = self.word(name)["deadline"]
        return None if found is None else short(found)

    @property
    def stage(self) -> str:
        """Give the stage in short: `second 0.09:00`."""
        (word,) = self.words(None)
        return f"{word['to']} {short(word['at'])}"

    def fired(self, name: str) -> tuple[int, str] | None:
        """Give how many instances of a moment fired an alert, and last when."""
        found = self.told().fired.get(name)
        return None if found is None else (found[0], _short(found[1]))


def short(at: str) -> str:
    """Write an instant as stories do: `day.hour:minute`."""
    return _short(parse_instant(at))


def _short(ms: int) -> str:
    day, rest = divmod(ms, DAY)
    return f"{day}.{rest // HOUR:02}:{rest % HOUR // MINUTE:02}"

"""What operators do about alerts, as it comes to the journeys of a partition number."""

from __future__ import annotations

from journey.actions import Action
from journey.engine import Engine
from journey.errors import NoSuchAlert
from journey.said import Alert, Said
from services.detector.flush import Draft
from services.detector.intake import Refusal, undecodable
from services.detector.journeys import Journeys
from services.detector.records import Record
from services.detector.timers import Timers
from topics.actions import decode_action
from topics.decode import arrival_of
from topics.errors import BadEvent
from topics.partition import partition_of


class Operators:
    """Decides on actions in their order, each by the clock at which it is read."""

    def __init__(
        self, engine: Engine, journeys: Journeys, timers: Timers, number: int, count: int
    ) -> None:
        self._engine = engine
        self._journeys = journeys
        self._timers = timers
        self._number = number
        self._count = count

    def adopt(self, engine: Engine) -> None:
        """Go by other versions of the models."""
        self._engine = engine

    def take(self, record: Record, clock: int, draft: Draft) -> Refusal | None:
        """Decide on an action at the clock (ms); a refusal is given where no alert can tell it."""
        try:
            action = decode_action(record.value, arrival_of(record.timestamp))
        except BadEvent as bad:
            return undecodable(bad)
        return self._misrouted(action) or self._act(action, clock, draft)

    def _misrouted(self, action: Action) -> Refusal | None:
        customer = action.subject.partition(":")[2].encode()
        home = partition_of(customer, self._count)
        if home == self._number:
            return None
        sentence = (
            f"the subject's id hashes to partition {home}, the action came on {self._number}; "
            "expected the key to be that id, without its type, and the partitioner murmur2"
        )
        return Refusal("route", "misrouted", "Misrouted", sentence)

    def _act(self, action: Action, clock: int, draft: Draft) -> Refusal | None:
        key = action.subject.encode()
        if not self._journeys.knows(key):
            sentence = f"nothing is known of {action.subject}; expected the subject of the alert"
            return Refusal("decide", "no_such_alert", NoSuchAlert.__name__, sentence)
        loaded = self._journeys.change(key)
        self._timers.note(key, loaded)
        draft.say(loaded, self._engine.advance(loaded.journey, clock), None)
        try:
            alert = self._engine.act(loaded.journey, action)
        except NoSuchAlert as missing:
            return Refusal("decide", "no_such_alert", NoSuchAlert.__name__, str(missing))
        draft.tally.actions[_outcome(alert)] += 1
        if alert is not None:
            draft.say(loaded, Said([], [alert]), action.at)
        return None


def _outcome(alert: Alert | None) -> str:
    """Say in a word what became of an action, the last line of its alert's history."""
    told = alert.history[-1].action if alert else None
    if told is None:
        return "repeated"
    return "accepted" if told.accepted else "refused"

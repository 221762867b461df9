"""The subjects of one partition number, and what passes between them and to other numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import msgspec

from journey.engine import EngineSettings
from journey.event import Event
from services.detector.hops.course import Move
from services.detector.hops.messages import Give, Item, Message, Tell, Withdraw
from services.detector.hops.subject import Subject
from topics.partition import partition_of

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Subject).decode

States = dict[str, bytes | None]


class Exchange:
    """Lets events and claims come to the subjects of the number `number` of `count`.

    What is for a subject of the same number is done at once, in the same step. `moves` are what
    the journeys of its subjects are to do, `outgoing` is what goes to other numbers; both grow
    until they are taken.
    """

    def __init__(
        self, number: int, count: int, settings: EngineSettings, states: Mapping[str, bytes]
    ) -> None:
        """Go on from the states that were taken last; whoever takes them keeps them."""
        self._number = number
        self._count = count
        self._settings = settings
        self._states = states
        self._subjects: dict[str, Subject] = {}
        self.outgoing: list[Message] = []
        self.moves: list[Move] = []

    def come(self, event: Event, origin: str) -> None:
        """Take an admitted event from a source topic, wherever it belongs."""
        self._pass(deque([Give(event.subject, Item(event, origin), event.a)]))

    def hear(self, message: Message) -> bool:
        """Take what another number sent here, and say whether anything goes on from here."""
        if self.home_of(message.to) != self._number:
            raise AssertionError(f"sent to number {self._number}: {message}")
        sent = len(self.outgoing)
        self._pass(deque([message]))
        return len(self.outgoing) > sent

    def home_of(self, subject: str) -> int:
        """Give the partition number of a subject: that of its id."""
        return partition_of(subject.partition(":")[2].encode(), self._count)

    def take(self, cut: int) -> tuple[list[Message], States]:
        """Give what goes out and what changed since the last time, cut below `cut` (ms)."""
        outgoing, self.outgoing = self.outgoing, []
        changed: States = {}
        for name, subject in self._subjects.items():
            subject.cut(cut)
            changed[name] = _encode(subject) if subject != Subject(name) else None
        self._subjects.clear()
        return outgoing, changed

    def _pass(self, waiting: deque[Message]) -> None:
        while waiting:
            message = waiting.popleft()
            if self.home_of(message.to) != self._number:
                self.outgoing.append(message)
                continue
            for said in self._tell(message):
                if isinstance(said, Move):
                    self.moves.append(said)
                else:
                    waiting.append(said)

    def _tell(self, message: Message) -> list[Message | Move]:
        subject = self._subject(message.to)
        match message:
            case Give():
                return list(subject.give(message.item, message.cause, self._settings))
            case Withdraw():
                return list(subject.withdraw(message.key, message.cause, self._settings))
            case Tell():
                return list(subject.tell(message.link, message.cause, self._settings))

    def _subject(self, name: str) -> Subject:
        if name not in self._subjects:
            state = self._states.get(name)
            self._subjects[name] = Subject(name) if state is None else _decode(state)
        return self._subjects[name]

"""The case at hand: one model's view of a journey, at its clock, with the events that led to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from journey.engine import Engine
from journey.event import Event
from journey.fold import Part
from journey.history import Entry, Masks
from journey.journey import Journey
from journey.lines import Line
from journey.meanings import Meanings
from journey.model import Model
from journey.word import RETRACTED, Instance, Word

Write = Callable[[int], str]
"""Writes an instant (ms) for people."""


class Seen(msgspec.Struct, frozen=True):
    """An event that came, and what it means to each version of each model."""

    t: int
    sequence: int
    rank: int
    message_id: str
    name: str
    fields: dict[str, Any]
    means: Masks


def seen_by(engine: Engine, journey: Journey, events: Iterable[Event]) -> list[Seen]:
    """Give the admitted events of a journey in order: those of its history, and those given."""
    meanings = Meanings(engine.lines)
    found = {(one.message_id, one.t): _seen(one, one.means) for one in journey.history.entries}
    for event in events:
        if engine.refusal(event) is None:
            seen = _seen(event, meanings.of(event))
            found.setdefault((event.message_id, event.t), seen)
    return sorted(found.values(), key=lambda one: (one.t, one.sequence, one.rank, one.message_id))


def words_on(journey: Journey, model: str, moment: str, key: str | None) -> list[Word]:
    """Give the last words on a moment's instances in the order of opening; of one key if given.

    Those that were retracted are among them.
    """
    words = [
        spoken.word
        for spoken in journey.spoken.values()
        if (spoken.word.model, spoken.word.moment) == (model, moment)
        and key in {None, spoken.word.key}
    ]
    return sorted(words, key=lambda word: (word.opened, word.instance))


def stage_word(journey: Journey, model: str) -> Word | None:
    """Give the last word on the stage of a subject in a model."""
    words = (spoken.word for spoken in journey.spoken.values())
    return next((one for one in words if (one.model, one.kind) == (model, "stage")), None)


class Case:
    """What one version of a model has to do with a journey.

    `happened` has the events up to the clock, each with the mask of its signals in the model.
    """

    def __init__(
        self, engine: Engine, line: Line, journey: Journey, seen: list[Seen], write: Write
    ) -> None:
        self.engine = engine
        self.line = line
        self.journey = journey
        self.clock = journey.reached
        self.seen = seen
        self.write = write
        self.part = _part(line, journey)
        self._take(self.part.version)

    def under(self, version: str) -> Case:
        """Give the same case as another version of the model sees it."""
        if version == self.model.version:
            return self
        other = Case(self.engine, self.line, self.journey, self.seen, self.write)
        other._take(self.line.place_of(version))
        return other

    def words(self, moment: str, key: str | None = None) -> list[Word]:
        """Give the last words on a moment's instances; see `words_on`."""
        return words_on(self.journey, self.line.name, moment, key)

    def instance(self, word: Word) -> Instance | None:
        """Give the instance that a word is about while it is open."""
        found = self.part.open.get(word.moment or "", {}).get(word.key)
        return found if found and found.id == word.instance else None

    def last_change(self, moment: str, key: str | None) -> int | None:
        """Say when something last became of a moment's instances, ms; None if there was none."""
        words = self.words(moment, key)
        return max((word.at for word in words if word.to != RETRACTED), default=None)

    def last(self, mask: int) -> Seen | None:
        """Give the last event up to the clock that was one of these signals."""
        return next((one for one, means in reversed(self.happened) if means & mask), None)

    def entry(self, seen: Seen) -> tuple[int, Entry] | None:
        """Give the place of an event in the history; None where it is not there any more."""
        entries = self.journey.history.entries
        for at in range(self.journey.history.count_before(seen.t), len(entries)):
            if entries[at].t > seen.t:
                break
            if entries[at].message_id == seen.message_id:
                return at, entries[at]
        return None

    def mask_in(self, masks: Masks) -> int:
        """Give what the masks of an event have for this version of the model."""
        return dict(self.line.parted(masks[self.line.index])).get(self.version, 0)

    def tell(self, seen: Seen) -> str:
        """Name an event and when it was."""
        return f"{seen.name} at {self.write(seen.t)}"

    def _take(self, version: int) -> None:
        self.version = version
        self.model: Model = self.line.versions[version]
        self.happened = [(one, self.mask_in(one.means)) for one in self.seen if one.t <= self.clock]


def _seen(one: Event | Entry, means: Masks) -> Seen:
    return Seen(one.t, one.sequence, one.rank, one.message_id, one.name, one.fields, means)


def _part(line: Line, journey: Journey) -> Part:
    """Give the model's part of the fold, under the version in force at the clock."""
    parts = journey.live.parts
    part = parts[line.index].copy() if parts else Part(line.name)
    in_force = line.at(journey.reached)
    if in_force >= 0:
        part.come_into_force(in_force)
    return part

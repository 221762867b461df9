"""What happens to a subject under one version of a model: an event, an outcome, a deadline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from journey.fold import Fold, Part
from journey.history import Entry
from journey.lines import Line
from journey.model import Model
from journey.tables import Moment, Source
from journey.word import Instance, Labels, Ref, Word

_LONGEST_KEY: Final = 512
_CURRENCY: Final = re.compile("[A-Z]{3}")


class Scene(msgspec.Struct, gc=False):
    """Where it happens: the subject's fold, the part of a line of models in it, what is said.

    `fields` are those of the event at hand, and `held` what it means to each version of the line
    so far; nothing for a deadline. `currency` is for values that come without one.
    """

    fold: Fold
    line: Line
    part: Part
    said: list[Word]
    currency: str
    fields: Mapping[str, Any]
    held: list[int]


class Cause(msgspec.Struct, gc=False):
    """What happens, as one version of a model sees it.

    `mask` has all that it means; `t` is when it happened (ms); `opening` the id that an instance
    opened by it is known by. `message_id`, `event` and `happened` cite the event behind it.
    `instance` is the one that it is an outcome of, and `above` the place of its moment: only
    moments below take it, so that nothing goes round in circles; -1 for an event. `by_clock`
    says that no event did it. `attributes` keeps what was read of the signals at hand, and by it
    the slots of scores.
    """

    scene: Scene
    model: Model
    version: int
    mask: int
    t: int
    opening: str
    message_id: str
    event: str
    happened: int
    above: int = -1
    by_clock: bool = False
    instance: Instance | None = None
    attributes: dict[str, Any] = {}

    def outcome(self, version: int, bit: int, instance: Instance) -> Cause:
        """Give what became of an instance, as a version sees it; its last event is cited.

        What the clock has done is known by the instance, what an event has done by the event.
        """
        last, model = instance.evidence[-1], self.scene.line.versions[version]
        return Cause(
            self.scene,
            model,
            version,
            bit,
            instance.since,
            instance.id if self.by_clock else last.message_id,
            last.message_id,
            last.event,
            last.t,
            model.place_of(instance.moment),
            self.by_clock,
            instance,
        )

    def cite(self, role: str) -> Ref:
        """Cite the event as evidence."""
        return Ref(self.message_id, self.event, self.happened, role)

    def hold(self, bit: int) -> None:
        """Let a derived signal hold too."""
        self.mask |= bit
        self.attributes = {}
        if self.instance is None:
            self.scene.held[self.version] = self.mask

    def key(self, moment: Moment) -> str | None:
        """Give the key that it names; what is too long to be one, or no scalar, is none."""
        if moment.key is None:
            return None
        if self.instance is None:
            return as_key(self.read(moment.key))
        return self.instance.key if self.model.moments[self.above].key == moment.key else None

    def read(self, source: Source) -> Any:
        """Take a value from the event at hand or its signals; None where there is none."""
        if source.read is not None:
            return source.read(self.scene.fields)
        name = source.attribute or ""
        return self.attributes[name] if name in self.attributes else self.attribute(name)

    def attribute(self, name: str) -> Any:
        """Give an attribute of the first of the signals at hand that has one."""
        if name in self.attributes:
            return self.attributes[name]
        at_hand = self.mask | self.scene.held[self.version]
        value = self.model.attribute_of(at_hand, name, self.scene.fields)
        self.attributes[name] = value
        return value

    def polarity(self, bit: int) -> Any:
        """Give the polarity of one signal; of the event, if that one is derived."""
        own = self.model.attribute_of(bit, "polarity", self.scene.fields)
        return self.attribute("polarity") if own is None and self.model.derives(bit) else own

    def value(self, mask: int) -> tuple[float | None, str | None]:
        """Give the value that the event carries as one of these signals, and its currency.

        As a derived signal it carries whatever the event does.
        """
        if self.instance is not None:
            return self.instance.value, self.instance.currency
        fields, wanted = self.scene.fields, self.mask & mask
        value = self.model.value_of(wanted, fields)
        if value is None and self.model.derives(wanted):
            value = self.model.value_of(self.mask, fields)
        return value, None if value is None else self._unit()

    def labels(self, moment: Moment, before: Labels) -> Labels:
        """Give the labels of an instance that it belongs to: its own, and the latest of others."""
        found = tuple(
            [
                (name, value)
                for name, source in moment.labels
                if (value := as_key(self.read(source))) is not None
            ]
        )
        inherited = self.instance.labels if self.instance else ()
        if not inherited and (not found or found == before):
            return before
        named = {name for name, _ in moment.labels}
        known = dict(before) | {name: value for name, value in inherited if name in named}
        return tuple(sorted((known | dict(found)).items()))

    def say(self, word: Word) -> None:
        """Say a word: it is the last one on its instance now."""
        self.scene.fold.words[word.instance] = word
        self.scene.said.append(word)

    def move(self, word: Word) -> None:
        """Come to the stage that a word says."""
        part = self.scene.part
        part.stage, part.since = word.to, word.at
        self.say(word)

    def arm(self, moment: Moment, instance: Instance) -> None:
        """Put an instance's deadlines where the clock finds them."""
        line = self.scene.line
        version = line.place_of(instance.version)
        self.scene.fold.arm(line.index, moment.index, version, instance)

    def _unit(self) -> str:
        """Give the currency, where the event names a code of three letters (ISO 4217)."""
        code = self.scene.fields.get("properties.currency")
        named = isinstance(code, str) and _CURRENCY.fullmatch(code)
        return str(code) if named else self.scene.currency


def of_event(scene: Scene, version: int, mask: int, entry: Entry) -> Cause:
    """Take an event as a version of a model does."""
    t, message_id = entry.t, entry.message_id
    model = scene.line.versions[version]
    return Cause(scene, model, version, mask, t, message_id, message_id, entry.name, t)


def of_clock(scene: Scene, version: int, t: int) -> Cause:
    """Take the coming of an instant (ms) as a version of a model does."""
    return Cause(scene, scene.line.versions[version], version, 0, t, "", "", "", t, by_clock=True)


def as_key(value: object) -> str | None:
    """Read a scalar as a key; None for what is none, empty or too long."""
    if type(value) is not str:
        if not isinstance(value, str | int | float):
            return None
        value = str(value)
    return value if 0 < len(value) <= _LONGEST_KEY else None

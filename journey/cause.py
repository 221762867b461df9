"""What reaches a moment: an event, or what became of another moment."""

from __future__ import annotations

import re
from typing import Any

from journey.history import Entry
from journey.model import Moment, Source
from journey.scene import Scene
from journey.word import Instance, Labels, Ref

_LONGEST_KEY = 512
_CURRENCY = re.compile("[A-Z]{3}")


class Cause:
    """What one event, or what became of a moment, is to a version of a model.

    `mask` has all that it means; `t` is when it happened (ms); `opening` the id that an instance
    opened by it is known by. `above` is the place of the moment of which it is an outcome: only
    moments below take it, so that nothing goes round in circles; -1 for an event.
    """

    __slots__ = (
        "_instance",
        "_ref",
        "_scene",
        "above",
        "by_clock",
        "mask",
        "model",
        "opening",
        "t",
        "version",
    )

    def __init__(self, scene: Scene, version: int, mask: int, t: int) -> None:
        self._scene = scene
        self.version = version
        self.model = scene.line.versions[version]
        self.mask = mask
        self.t = t
        self.above = -1
        self.by_clock = False
        self.opening = ""
        self._ref: tuple[str, str, int] = ("", "", t)
        self._instance: Instance | None = None

    @classmethod
    def of_event(cls, scene: Scene, version: int, mask: int, entry: Entry) -> Cause:
        """Take an event."""
        made = cls(scene, version, mask, entry.t)
        made.opening = entry.message_id
        made._ref = (entry.message_id, entry.name, entry.t)
        return made

    @classmethod
    def of_outcome(
        cls, scene: Scene, version: int, bit: int, instance: Instance, *, by_clock: bool
    ) -> Cause:
        """Take what became of an instance; its last event is the evidence.

        What the clock has done is known by the instance, what an event has done by the event.
        """
        last = instance.evidence[-1]
        made = cls(scene, version, bit, instance.since)
        made.opening = instance.id if by_clock else last.message_id
        made._ref = (last.message_id, last.event, last.t)
        made._instance = instance
        made.by_clock = by_clock
        made.above = made.model.place_of(instance.moment)
        return made

    def cite(self, role: str) -> Ref:
        """Cite the event as evidence."""
        return Ref(*self._ref, role)

    def key(self, moment: Moment) -> str | None:
        """Give the key that it names; what is too long to be one, or no scalar, is none."""
        if moment.key is None:
            return None
        if self._instance is None:
            return as_key(self.read(moment.key))
        own = self.model.moments[self.above]
        return self._instance.key if own.key == moment.key else None

    def read(self, source: Source) -> Any:
        """Take a value from the event at hand or its signals; None where there is none."""
        if source.read is not None:
            return source.read(self._scene.fields)
        return self.attribute(source.attribute or "")

    def attribute(self, name: str) -> Any:
        """Give an attribute of the first of the signals at hand that has one."""
        at_hand = self.mask | self._scene.held[self.version]
        return self.model.attribute_of(at_hand, name, self._scene.fields)

    def polarity(self, bit: int) -> Any:
        """Give the polarity of one signal; of the event, if that one is derived."""
        own = self.model.attribute_of(bit, "polarity", self._scene.fields)
        return self.attribute("polarity") if own is None and self.model.derives(bit) else own

    def value(self, mask: int) -> tuple[float | None, str | None]:
        """Give the value that the event carries as one of these signals, and its currency.

        As a derived signal it carries whatever the event does.
        """
        if self._instance is not None:
            return self._instance.value, self._instance.currency
        fields, wanted = self._scene.fields, self.mask & mask
        value = self.model.value_of(wanted, fields)
        if value is None and self.model.derives(wanted):
            value = self.model.value_of(self.mask, fields)
        return value, None if value is None else self._unit()

    def labels(self, moment: Moment, before: Labels) -> Labels:
        """Give the labels of an instance that it belongs to: its own, and the latest of others."""
        known = dict(before)
        inherited = dict(self._instance.labels) if self._instance else {}
        for name, source in moment.labels:
            value = as_key(self.read(source)) or inherited.get(name)
            if value is not None:
                known[name] = value
        return tuple(sorted(known.items()))

    def _unit(self) -> str:
        """Give the currency, where the event names a code of three letters (ISO 4217)."""
        code = self._scene.fields.get("properties.currency")
        named = isinstance(code, str) and _CURRENCY.fullmatch(code)
        return str(code) if named else self._scene.currency


def as_key(value: object) -> str | None:
    """Read a scalar as a key; None for what is none, empty or too long."""
    key = str(value) if isinstance(value, str | int | float) else ""
    return key if 0 < len(key) <= _LONGEST_KEY else None

"""What reaches a moment: an event, or what became of another moment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from journey.history import Entry
from journey.model import Model, Moment, Source
from journey.word import Instance, Labels, Ref

_LONGEST_KEY = 512
_CURRENCY = re.compile("[A-Z]{3}")
_NOTHING: Mapping[str, Any] = {}


class Cause:
    """What one event, or what became of a moment, is to a model; `mask` has all that it means.

    `t` is when it happened; `opening` the id that an instance opened by it is known by. `above`
    is the place of the moment of which it is an outcome: only moments below take it, so that
    nothing goes round in circles; -1 for an event.
    """

    __slots__ = (
        "_cited",
        "_currency",
        "_fields",
        "_instance",
        "above",
        "mask",
        "model",
        "opening",
        "t",
    )

    def __init__(
        self,
        model: Model,
        mask: int,
        cited: tuple[str, str, int],
        fields: Mapping[str, Any],
        currency: str,
    ) -> None:
        self.model = model
        self.mask = mask
        self.above = -1
        self.opening, _, self.t = cited
        self._cited = cited
        self._fields = fields
        self._currency = currency
        self._instance: Instance | None = None

    @classmethod
    def of_event(cls, model: Model, mask: int, entry: Entry, currency: str) -> Cause:
        """Take an event; `currency` is for values that come without one."""
        return cls(model, mask, (entry.message_id, entry.name, entry.t), entry.fields, currency)

    @classmethod
    def of_outcome(cls, model: Model, bit: int, instance: Instance) -> Cause:
        """Take what became of an instance; the event that made it so is the evidence."""
        last = instance.evidence[-1]
        made = cls(model, bit, (last.message_id, last.event, last.t), _NOTHING, "")
        made.t, made._instance = instance.since, instance
        made.above = model.place_of(instance.moment)
        if instance.state not in {last.role, "open"}:
            made.opening = instance.id  # the clock's doing, not the event's
        return made

    def cite(self, role: str) -> Ref:
        """Cite the event as evidence."""
        return Ref(*self._cited, role)

    def key(self, moment: Moment) -> str | None:
        """Give the key that it names; what is too long to be one, or no scalar, is none."""
        if moment.key is None:
            return None
        if self._instance is not None:
            return self._instance.key if self._key_is_shared(moment.key) else None
        return as_key(self.read(moment.key))

    def read(self, source: Source) -> Any:
        """Take a value from the event or its signals; None where there is none."""
        if source.read is not None:
            return source.read(self._fields)
        return self.attribute(self.mask, source.attribute or "")

    def attribute(self, mask: int, name: str) -> Any:
        """Give an attribute of the first of these signals that has one."""
        return self.model.attribute_of(mask, name, self._fields)

    def value(self, mask: int) -> tuple[float | None, str | None]:
        """Give the value that the event carries as one of these signals, and its currency."""
        if self._instance is not None:
            return self._instance.value, self._instance.currency
        value = self.model.value_of(self.mask & mask, self._fields)
        return value, None if value is None else self._unit()

    def labels(self, moment: Moment, before: Labels) -> Labels:
        """Give the labels of an instance that it belongs to: its own, and the latest of others."""
        if not moment.labels:
            return before
        known = dict(before)
        for name, source in moment.labels:
            value = as_key(self.read(source)) if self._instance is None else self._label(name)
            if value is not None:
                known[name] = value
        return tuple(sorted(known.items()))

    def _label(self, name: str) -> str | None:
        return dict(self._instance.labels).get(name) if self._instance else None

    def _key_is_shared(self, key: Source) -> bool:
        instance = self._instance
        assert instance is not None, "asked of what became of a moment only"
        return self.model.moments[self.above].key == key

    def _unit(self) -> str:
        """Give the currency, where the event names a code of three letters (ISO 4217)."""
        code = self._fields.get("properties.currency")
        named = isinstance(code, str) and _CURRENCY.fullmatch(code)
        return str(code) if named else self._currency


def as_key(value: object) -> str | None:
    """Read a scalar as a key; None for what is none, empty or too long."""
    key = str(value) if isinstance(value, str | int | float) else ""
    return key if 0 < len(key) <= _LONGEST_KEY else None

"""What a cause carries: keys, values, attributes and labels."""

from __future__ import annotations

import re

from journey.model import Model
from journey.tables import Attribute, Moment, Source
from tests.journey.oracle.state import Cause

_LONGEST = 512
_CURRENCY = re.compile("[A-Z]{3}")

Scalar = str | int | float | bool | None


def text(value: Scalar) -> str | None:
    """Write a value as keys and labels are; what is too long for one is none."""
    written = "" if value is None else str(value)
    return written if 0 < len(written) <= _LONGEST else None


def source(cause: Cause, where: Source) -> Scalar:
    """Read a path into the event at hand, or an attribute of its signals."""
    if where.attribute is not None:
        return attribute(cause, where.attribute)
    assert where.read is not None
    return where.read(cause.fields)


def attribute(cause: Cause, name: Attribute) -> Scalar:
    """Read an attribute of the first signal at hand that has one."""
    return cause.version.model.attribute_of(cause.at_hand, name, cause.fields)


def polarity(cause: Cause, bit: int) -> int | None:
    """Give a signal's polarity in millionths: its own, or, if derived, that of the event."""
    model = cause.version.model
    own = model.attribute_of(bit, "polarity", cause.fields)
    if own is None and derived(model, bit):
        own = attribute(cause, "polarity")
    return None if isinstance(own, str) or own is None else round(own * 1_000_000)


def derived(model: Model, mask: int) -> bool:
    """Say whether one of these signals is derived."""
    return any(mask >> at & 1 and one.of for at, one in enumerate(model.signals))


def key(cause: Cause, moment: Moment) -> str | None:
    """Give the key that a moment sees: of an outcome, if both have the same one."""
    if moment.key is None:
        return None
    if cause.parent is not None:
        return cause.parent.key if cause.parent.moment.key == moment.key else None
    return text(source(cause, moment.key))


def value(cause: Cause, wanted: int, default: str) -> tuple[float | None, str | None]:
    """Give the value of those of the signals that are wanted, and its currency."""
    if cause.parent is not None:
        return cause.parent.value, cause.parent.currency
    model, mask = cause.version.model, cause.mask & wanted
    found = model.value_of(mask, cause.fields)
    if found is None and derived(model, mask):
        found = model.value_of(cause.mask, cause.fields)
    return found, None if found is None else _currency(cause, default)


def _currency(cause: Cause, default: str) -> str:
    code = cause.fields.get("properties.currency")
    return code if isinstance(code, str) and _CURRENCY.fullmatch(code) else default


def labels(cause: Cause, moment: Moment) -> dict[str, str]:
    """Give the labels of the event at hand; else those of the moment that it is an outcome of."""
    inherited = {} if cause.parent is None else cause.parent.labels
    read = {
        name: text(source(cause, where)) or inherited.get(name) for name, where in moment.labels
    }
    return {name: label for name, label in read.items() if label is not None}


def names(model: Model, mask: int) -> str:
    """Name signals and outcomes as reasons do."""
    return " and ".join(model.names_of(mask))

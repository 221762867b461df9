"""What the mappings of the language share: how keys are written, and the kinds of values."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Scalar = Annotated[str | int | float | bool | None, Meta(title="value")]
Names = str | list[str]

Signals = Annotated[Names, Meta(title="signal, or list")]
"""Signals, or what became of moments (`cart.missed`): one or a list."""

Conditions = Annotated[Names, Meta(title="condition, or list")]
Stages = Annotated[Names, Meta(title="stage, or list")]
Events = Annotated[Names, Meta(title="event, or list")]
Paths = Annotated[Names, Meta(title="path, or list")]
"""The way to a field of an event: `properties.total`; of several, the first that has a value."""

Source = Annotated[Names, Meta(title="path, list, or attribute")]
"""A path, or an attribute of the event's signal: `signal.channel`."""

Duration = Annotated[str, Meta(title="duration")]
"""A number and a unit: `30min`, `24h`, `7d`."""

BusinessDuration = Annotated[str, Meta(title="duration, also in business hours")]


class Keywords(
    msgspec.Struct,
    rename=lambda name: name.strip("_").replace("_", "-"),
    forbid_unknown_fields=True,
    kw_only=True,
):
    """A mapping whose keys are all known; any other key is an error."""

"""The short way through an event: one msgspec type made for exactly the fields that are read."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET

from journey.event import Fields
from topics.envelope import LONGEST, OBJECTS
from topics.fields import PartReader, Scalar, by_first_key, overlap

_Id = Annotated[str, msgspec.Meta(max_length=LONGEST)]


class Envelope(msgspec.Struct, rename="camel", gc=False):
    """What is needed of every event."""

    message_id: _Id
    type: Literal["track", "page", "screen", "identify", "group", "alias"]
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)]
    user_id: _Id | None = None
    anonymous_id: _Id | None = None
    event: _Id | None = None


class Shortcut:
    """Decodes events for readers of some paths, in all usual cases.

    `decode` raises msgspec.ValidationError for an event that needs the long way. Paths that
    no short way leads to (one under another, an envelope's field, an object at the root) make
    that every event.
    """

    def __init__(self, paths: Collection[str]) -> None:
        groups = by_first_key(paths)
        self._readers: Final = {
            key: PartReader(rests, f"{key}.") for key, rests in groups.items() if key in OBJECTS
        }
        roots = sorted(groups.keys() - OBJECTS)
        self._roots: Final = {f"root_{number}": key for number, key in enumerate(roots)}
        passable = not overlap(paths) and not (set(paths) & {*OBJECTS, *_ENVELOPE})
        kind = self._type() if passable and set(roots) <= set(paths) else msgspec.UnsetType
        self.decode: Final[Callable[[str], Any]] = msgspec.json.Decoder(kind).decode

    def fields_of(self, raw: Any) -> Fields:
        """Give the values that are there of a decoded event. Raises OverflowError: the long way."""
        fields: Fields = {}
        for key, reader in self._readers.items():
            part = getattr(raw, key)
            if part:
                reader.take(part, fields)
        for attribute, key in self._roots.items():
            value = getattr(raw, attribute)
            if value is not UNSET:
                fields[key] = value
        return fields

    def _type(self) -> type[msgspec.Struct]:
        readers = {key: PartReader(()) for key in sorted(OBJECTS)} | self._readers
        objects = [(key, reader.type | None, None) for key, reader in readers.items()]
        roots = [(attribute, Scalar, UNSET) for attribute in self._roots]
        return msgspec.defstruct(
            "Part", [*objects, *roots], bases=(Envelope,), rename=self._roots, gc=False
        )


_ENVELOPE: Final = Envelope.__struct_encode_fields__

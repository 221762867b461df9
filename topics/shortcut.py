"""The short way through an event: one msgspec type made for exactly the fields that are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from journey.event import Fields
from journey.instant import to_ms
from topics.envelope import LONGEST, OBJECTS
from topics.fields import PartReader, by_first_key

_Text = Annotated[str, msgspec.Meta(max_length=LONGEST)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]
_Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class Envelope(msgspec.Struct, rename="camel", gc=False):
    """What is needed of every event but group and alias calls.

    Those are rare, and only the rules know all that may be wrong with the ids they name.
    """

    message_id: _Name
    type: Literal["track", "page", "screen", "identify"]
    timestamp: _Aware
    user_id: _Text | UnsetType | None = UNSET
    anonymous_id: _Text | UnsetType | None = UNSET
    event: _Text | UnsetType | None = UNSET


_OWN: Final = dict(zip(Envelope.__struct_encode_fields__, Envelope.__struct_fields__, strict=True))
"""The attributes of the envelope's own fields, by key."""

_UNNAMEABLE: Final = re.compile(r'["\\\x00-\x1f]')


class Shortcut:
    """Decodes events for readers of some paths, in all usual cases.

    `decode` raises msgspec.ValidationError for an event that needs the long way, and so may
    `ms_of`, which reads the timestamp of what was decoded, ms. A path that starts with a key
    that msgspec has no name for makes that every event.
    """

    def __init__(self, paths: Collection[str]) -> None:
        keys, under = by_first_key(paths)
        parts = {key: PartReader(under.get(key, ()), f"{key}.") for key in sorted(OBJECTS)}
        self._properties: Final = parts["properties"]
        self._traits: Final = parts["traits"]
        self._context: Final = parts["context"]
        # An object that is itself a path is not taken in parts, but as one of the other fields.
        of_parts = OBJECTS - keys
        self._root: Final = PartReader([p for p in paths if p.split(".")[0] not in of_parts])
        self._own: Final = [(_OWN[key], key) for key in sorted(keys & _OWN.keys())]
        others = sorted(self._root.kinds.keys() - _OWN.keys())
        self._others: Final = [(f"root_{number}", key) for number, key in enumerate(others)]
        read_as_text = "timestamp" in keys
        self.ms_of: Final[Callable[[Any], int]] = _ms_of_text if read_as_text else to_ms
        kinds: list[Any] = [(key, parts[key].type | None, None) for key in sorted(of_parts)]
        kinds += [("timestamp", _Text)] if read_as_text else []
        nameable = not any(map(_UNNAMEABLE.search, others))
        kind = self._type(kinds, OBJECTS & keys) if nameable else UnsetType
        self.decode: Final[Callable[[str], Any]] = msgspec.json.Decoder(kind).decode

    def fields_of(self, raw: Any) -> Fields:
        """Give the values that are there of a decoded event. Raises OverflowError: the long way."""
        fields: Fields = {}
        if raw.properties:
            self._properties.take(raw.properties, fields)
        if raw.traits:
            self._traits.take(raw.traits, fields)
        if raw.context:
            self._context.take(raw.context, fields)
        for attribute, key in self._own:
            value = getattr(raw, attribute)
            if value is not UNSET:
                fields[key] = value
        for attribute, key in self._others:
            value = getattr(raw, attribute)
            if value is not UNSET:
                self._root.take({key: value}, fields)
        return fields

    def _type(self, kinds: list[Any], whole: Collection[str]) -> Any:
        kinds_of_others = self._root.kinds | dict.fromkeys(whole, dict[str, Any] | None)
        return msgspec.defstruct(
            "Part",
            [*kinds, *((name, kinds_of_others[key], UNSET) for name, key in self._others)],
            bases=(Envelope,),
            rename=dict(self._others),
            namespace=dict.fromkeys(whole),  # no part is taken of them
            gc=False,
            kw_only=True,
        )


def _ms_of_text(text: str) -> int:
    return to_ms(msgspec.convert(text, _Aware))

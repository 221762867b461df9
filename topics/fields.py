"""Reading only some paths of an object: the type that decodes them, and how to take them out.

A path is keys joined by dots: `price`, `campaign.source`. It may hold any JSON value; what would
lie under a value that is no object is absent. Integers beyond 64 bits are given as floats, and
what is too long is cut: these values are kept, for as long as a customer's history is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Final, TypedDict, Union

import msgspec

from journey.event import Fields
from topics.envelope import LONGEST
from topics.parse import MOST_NESTED, bounded, packed

Scalar = Union[  # noqa: UP007 (msgspec is given it at run time)
    Annotated[str, msgspec.Meta(max_length=LONGEST)],
    Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)],
    float,
    bool,
    None,
]
"""A value that can be stored as it is."""

_Value = Union[Scalar, list[Any], dict[str, Any]]  # noqa: UP007
_NESTED: Final = (list, dict)


class PartReader:
    """Decodes an object into a dict of only the keys that lead to some path.

    `type` is what msgspec decodes the object as, `take` puts the values of the paths into
    fields, under `prefix`. No path may lie under another.
    """

    def __init__(self, paths: Collection[str], prefix: str = "") -> None:
        groups = by_first_key(paths)
        self._whole: Final = {key: prefix + key for key, rests in groups.items() if "" in rests}
        self._inner: Final = {
            key: PartReader(rests, f"{prefix}{key}.")
            for key, rests in groups.items()
            if key not in self._whole
        }
        kinds: dict[str, Any] = dict.fromkeys(self._whole, _Value)
        for key, reader in self._inner.items():
            kinds[key] = reader.type | str | int | float | bool | list[Any] | None
        # msgspec skips what a TypedDict does not have, and absent keys then cost nothing.
        self.type: Final[Any] = TypedDict("Part", kinds, total=False)  # type: ignore[misc]

    def take(self, part: Mapping[str, Any], fields: Fields) -> None:
        """Put the values that are there into `fields`, by their whole paths.

        Raises OverflowError for a list or an object that is too large or has too large a number.
        """
        whole = self._whole
        for key, value in part.items():
            if key in whole:
                if type(value) in _NESTED and len(packed(value)) > MOST_NESTED:
                    raise OverflowError
                fields[whole[key]] = value
            elif type(value) is dict:
                self._inner[key].take(value, fields)


def by_first_key(paths: Collection[str]) -> dict[str, list[str]]:
    """Group paths by their first key, which the paths in the groups have lost."""
    groups: dict[str, list[str]] = {}
    for path in sorted(paths):
        key, _, rest = path.partition(".")
        groups.setdefault(key, []).append(rest)
    return groups


def overlap(paths: Collection[str]) -> bool:
    """Say whether a path lies under another."""
    return any(path.startswith(f"{other}.") for path in paths for other in paths)


def take_from_mapping(event: Mapping[str, Any], paths: Collection[str]) -> Fields:
    """Give the values of the paths that are there, out of a whole event, bounded."""
    fields: Fields = {}
    for path in paths:
        *parents, key = path.split(".")
        value: Any = event
        for parent in parents:
            value = value.get(parent) if isinstance(value, dict) else None
        if isinstance(value, dict) and key in value:
            fields[path] = bounded(value[key])
    return fields

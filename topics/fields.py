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
_NESTED: Final = frozenset({list, dict})


class PartReader:
    """Decodes an object into a dict of only the keys that lead to some path.

    `kinds` is what msgspec decodes the values of these keys as, `type` the object; `take` puts
    the values of the paths into fields, under `prefix`.
    """

    def __init__(self, paths: Collection[str], prefix: str = "") -> None:
        keys, under = by_first_key(paths)
        self._paths: Final = {key: prefix + key for key in keys}
        self._under: Final = {key: under[key] for key in keys & under.keys()}
        self._inner: Final = {
            key: PartReader(under[key], f"{prefix}{key}.") for key in sorted(under.keys() - keys)
        }
        self.kinds: Final[dict[str, Any]] = dict.fromkeys(sorted(keys), _Value)
        for key, reader in self._inner.items():
            self.kinds[key] = reader.type | str | int | float | bool | list[Any] | None
        # msgspec skips what a TypedDict does not have, and absent keys then cost nothing.
        self.type: Final[Any] = TypedDict("Part", self.kinds, total=False)  # type: ignore[misc]

    def take(self, part: Mapping[str, Any], fields: Fields) -> None:
        """Put the values that are there into `fields`, by their whole paths.

        Raises OverflowError for a list or an object that is too large or has too large a number.
        """
        paths = self._paths
        for key, value in part.items():
            if type(value) in _NESTED:
                self._take_nested(key, value, fields)
            elif (path := paths.get(key)) is not None:
                fields[path] = value

    def _take_nested(self, key: str, value: Any, fields: Fields) -> None:
        if key not in self._paths:
            if type(value) is dict:
                self._inner[key].take(value, fields)
            return
        if len(packed(value)) > MOST_NESTED:
            raise OverflowError
        path = self._paths[key]
        fields[path] = value
        if key in self._under:
            for rest, inner in take_from_mapping(value, self._under[key]).items():
                fields[f"{path}.{rest}"] = inner


def by_first_key(paths: Collection[str]) -> tuple[set[str], dict[str, list[str]]]:
    """Give the keys that are paths themselves, and by first key what is left of longer paths."""
    keys = {path for path in paths if "." not in path}
    under: dict[str, list[str]] = {}
    for path in sorted(set(paths) - keys):
        key, _, rest = path.partition(".")
        under.setdefault(key, []).append(rest)
    return keys, under


def take_from_mapping(event: Any, paths: Collection[str]) -> Fields:
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

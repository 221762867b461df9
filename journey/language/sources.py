"""Where values come from: paths into an event, or attributes of its signals; made into readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from journey.event import number
from journey.language.document import Document, Path
from journey.language.grammar import Names, ReadSpec
from journey.language.nearest import expected
from journey.tables import Attribute, FirstOf, Reader, Source

_SIGNAL = "signal."
_ATTRIBUTES = tuple(f"{_SIGNAL}{name}" for name in get_args(Attribute) if name != "signal")
_Value = str | int | float | bool | None


class Sources:
    """Makes readers, and keeps what they read: the `paths` of the fields of an event."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.paths: set[str] = set()

    def source(self, names: Names, path: Path) -> Source:
        """Make a source of a path, of the first of several, or of `signal.channel` and the like."""
        if isinstance(names, list) or not names.startswith(_SIGNAL):
            return Source(read=self.first(names, path))
        if names not in _ATTRIBUTES:
            raise self._document.error(
                path, f"{names!r} is no attribute of a signal; {expected(names, _ATTRIBUTES)}"
            )
        return Source(attribute=cast(Attribute, names.removeprefix(_SIGNAL)))

    def first(self, names: Names, path: Path) -> Reader:
        """Make a reader of the first of the paths that has a value."""
        return FirstOf(tuple(self._paths(names, path)))

    def number(self, names: Names, path: Path) -> Reader:
        """Make a reader of the first of the paths that has a number."""
        fields = tuple(self._paths(names, path))

        def read(event: Mapping[str, Any]) -> _Value:
            for field in fields:
                value = number(event.get(field))
                if value is not None:
                    return value
            return None

        return read

    def mapped(self, spec: ReadSpec, path: Path) -> Reader:
        """Make a reader of the first of the paths that has a value, mapped by the values given."""
        read, values, instead = self.first(spec.from_, (*path, "from")), spec.values, spec.else_
        if values is None:
            return lambda event: instead if (value := read(event)) is None else value
        return lambda event: (
            instead if (value := read(event)) is None else values.get(_text(value), instead)
        )

    def _paths(self, names: Names, path: Path) -> list[str]:
        fields = [names] if isinstance(names, str) else names
        if not fields:
            raise self._document.error(path, "no path is given; expected at least one")
        for at, field in enumerate(fields):
            if field.startswith(_SIGNAL):
                place = (*path, at) if isinstance(names, list) else path
                raise self._document.error(
                    place, f"{field!r} is no path into an event; expected one like properties.plan"
                )
        self.paths.update(fields)
        return fields


def constant(value: str | float) -> Reader:
    """Make a reader that gives the same for every event."""
    return lambda _: value


def _text(value: str | float) -> str:
    """Write a value as YAML does a key, so that `5` is found for 5, and `true` for true."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

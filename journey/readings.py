"""What signals say of themselves and their event: by readers that are made once for many events.

Most of what a model asks for, most events do not have. A reader is made for events that have
certain fields: what it would not find there is not looked for, but known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from journey.model import Model
from journey.tables import FirstOf, Moment, Reader, Source
from journey.word import Labels

_LONGEST_KEY: Final = 512

ReadLabels = Callable[[Mapping[str, Any]], Labels]


class Known(msgspec.Struct, frozen=True):
    """A reader that gives the same for all events."""

    value: Any

    def __call__(self, _: Mapping[str, Any]) -> Any:
        """Give it."""
        return self.value


NOTHING: Final = Known(None)


class Readings:
    """Makes readers of events with certain fields, for what happens to a version of a model.

    `mask` has what happens, and `at_hand` beside it the signals of the event behind an outcome.
    """

    def __init__(self, model: Model, fields: frozenset[str], mask: int, at_hand: int) -> None:
        self.model = model
        self.mask = mask
        self._fields = fields
        self._at_hand = at_hand

    def of(self, source: Source) -> Reader:
        """Read from the event, or from the signals at hand."""
        if source.read is None:
            return self.attribute(source.attribute or "")
        return self._seen(source.read)

    def key(self, source: Source) -> Reader:
        """Read a key: what is too long to be one, or no scalar, is none."""
        read = self.of(source)
        if isinstance(read, Known):
            return Known(as_key(read.value))
        if isinstance(read, FirstOf) and len(read.paths) == 1:
            (path,) = read.paths
            return lambda fields: as_key(fields.get(path))
        return lambda fields: as_key(read(fields))

    def labels(self, moment: Moment) -> ReadLabels:
        """Read the labels of a moment, in the order of their names."""
        readers = sorted((name, self.key(source)) for name, source in moment.labels)
        if all(isinstance(read, Known) for _, read in readers):
            return Known(_labels(readers, {}))
        readers = [one for one in readers if one[1] != NOTHING]
        return lambda fields: _labels(readers, fields)

    def attribute(self, name: str) -> Reader:
        """Read an attribute of the first of the signals at hand that has one."""
        return self._first(self.model.readers_of(self._at_hand, name))

    def polarity(self, bit: int) -> Reader:
        """Read the polarity of one signal; of the event, if that one is derived."""
        own = self.model.readers_of(bit, "polarity")
        if self.model.derives(bit):
            own = (*own, *self.model.readers_of(self._at_hand, "polarity"))
        return self._first(own)

    def value(self, mask: int) -> Reader:
        """Read the value that the event carries as one of these signals.

        As a derived signal it carries whatever the event does.
        """
        wanted = self.mask & mask
        readers = self.model.readers_of(wanted, "value")
        if self.model.derives(wanted):
            readers = (*readers, *self.model.readers_of(self.mask, "value"))
        return self._first(readers)

    def _first(self, readers: Iterable[Reader]) -> Reader:
        """Read by the first of these that finds something."""
        rest = tuple(self._finding(readers))
        if not rest:
            return NOTHING
        if len(rest) == 1:
            return rest[0]

        def read(fields: Mapping[str, Any]) -> Any:
            for one in rest:
                value = one(fields)
                if value is not None:
                    return value
            return None

        return read

    def _finding(self, readers: Iterable[Reader]) -> Iterator[Reader]:
        """Give those that may find something, up to one that surely does."""
        for reader in readers:
            read = self._seen(reader)
            if read != NOTHING:
                yield read
            if isinstance(read, Known) and read.value is not None:
                return

    def _seen(self, read: Reader) -> Reader:
        """Give what a reader comes to where none of the fields that it asks for is there."""
        asked = _Asked()
        found = read(asked)
        if not asked.paths & self._fields:
            return Known(found)
        if isinstance(read, FirstOf):
            return FirstOf(tuple(path for path in read.paths if path in self._fields))
        return read


class _Asked(Mapping[str, Any]):
    """An event without fields: a reader asks it for all that it would take."""

    def __init__(self) -> None:
        self.paths: set[str] = set()

    def __getitem__(self, path: str) -> Any:
        self.paths.add(path)
        raise KeyError(path)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def as_key(value: object) -> str | None:
    """Read a scalar as a key; None for what is none, empty or too long."""
    if type(value) is not str:
        if not isinstance(value, str | int | float):
            return None
        value = str(value)
    return value if 0 < len(value) <= _LONGEST_KEY else None


def _labels(readers: Iterable[tuple[str, Reader]], fields: Mapping[str, Any]) -> Labels:
    return tuple([(name, value) for name, read in readers if (value := read(fields)) is not None])  # type: ignore[misc]

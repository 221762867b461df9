"""What is known of event names: their topic and their place in a life cycle (catalogue.yaml)."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

import msgspec

from topics.errors import BadContract

FILE: Final = "catalogue.yaml"


class Entry(msgspec.Struct, frozen=True):
    """One event name: what it is called in models, and where it belongs.

    `rank` is its line in the family's life cycle, from 0; `sequence` is the path of the field
    in which senders number the family's events, where they do.
    """

    name: str
    topic: str
    family: str | None = None
    rank: int = 0
    sequence: str | None = None


class Catalogue:
    """All event names by what they are called, aliases included."""

    def __init__(self, entries: dict[str, Entry], types: dict[str, str], unknown: str) -> None:
        self.entries: Final = entries
        self.types: Final = types
        self._unknown: Final = unknown

    def entry(self, name: str) -> Entry:
        """Give what is known of a name; a name not known is an event of no family."""
        return self.entries.get(name) or Entry(name, self._unknown)

    def canonical(self, name: str) -> str:
        """Give the name that models use for it: `Product Viewed` for `Viewed Product`."""
        return self.entry(name).name

    def of_type(self, kind: str) -> str:
        """Give the name of a call that is not `track`: `Page` for `page`. Raises KeyError."""
        return self.types[kind]

    def topic(self, name: str) -> str:
        """Give the source topic that events of this name go to."""
        return self.entry(name).topic

    def family(self, name: str) -> str | None:
        """Give the life cycle that the name belongs to, if any."""
        return self.entry(name).family

    def rank(self, name: str) -> int:
        """Give the name's place in its life cycle, from 0; 0 for a name without one."""
        return self.entry(name).rank


class _Family(msgspec.Struct, forbid_unknown_fields=True):
    order: list[dict[str, list[str]]]
    sequence: str | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    unknown_events: str
    types: dict[str, str]
    aliases: dict[str, str]
    families: dict[str, _Family]


@cache
def load() -> Catalogue:
    """Read the catalogue that ships with the product. Raises BadContract."""
    return read(resources.files("topics").joinpath(FILE).read_text("utf-8"))


def topic_of(name: str) -> str:
    """Give the source topic that events of this name go to; `events.web` for unknown names."""
    return load().topic(name)


def read(text: str) -> Catalogue:
    """Read the text of a catalogue. Raises BadContract where it is not well formed."""
    try:
        file = msgspec.yaml.decode(text, type=_File)
    except msgspec.DecodeError as error:
        raise BadContract(f"{FILE}: {error}") from error
    entries: dict[str, Entry] = {}
    for family, cycle in file.families.items():
        for entry in _entries(family, cycle):
            if entry.name in entries:
                raise BadContract(f"{FILE}: {entry.name!r} stands twice; expected once")
            entries[entry.name] = entry
    for alias, name in file.aliases.items():
        if alias in entries or name not in entries:
            raise BadContract(
                f"{FILE}: aliases: {alias!r} must be a new name, and {name!r} one of a family"
            )
        entries[alias] = entries[name]
    return Catalogue(entries, file.types, file.unknown_events)


def _entries(family: str, cycle: _Family) -> list[Entry]:
    return [
        Entry(name, topic, family, rank, cycle.sequence)
        for rank, line in enumerate(cycle.order)
        for topic, names in line.items()
        for name in names
    ]

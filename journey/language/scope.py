"""Which signals and outcomes can be named at one place in a model."""

from __future__ import annotations

from collections.abc import Mapping

from journey.language.document import Document, Path
from journey.language.grammar import Names
from journey.language.nearest import expected
from journey.tables import STATES


def outcomes_of(moment: str) -> list[str]:
    """Give the names of what may become of a moment's instances, in the order of their bits."""
    return [f"{moment}.{state}" for state in STATES]


class Scope:
    """The names of signals and outcomes, less those that are `hidden`, with the reason why."""

    def __init__(
        self, document: Document, bits: Mapping[str, int], hidden: Mapping[str, str]
    ) -> None:
        self._document = document
        self._bits = bits
        self._hidden = hidden

    def mask(self, names: Names | None, path: Path) -> int:
        """Give the mask of the names, 0 where none are given.

        Raises ModelError for one that is not known here, and for an empty list.
        """
        if names is None:
            return 0
        if not names:
            raise self._document.error(path, "nothing is named; expected at least one signal")
        if isinstance(names, str):
            return self.bit(names, path)
        mask = 0
        for at, name in enumerate(names):
            mask |= self.bit(name, (*path, at))
        return mask

    def bit(self, name: str, path: Path) -> int:
        """Give the bit of one name. Raises ModelError for one that is not known here."""
        if name in self._hidden:
            raise self._document.error(path, f"{name!r} {self._hidden[name]}; expected one that is")
        if name not in self._bits:
            here = [one for one in self._bits if one not in self._hidden]
            raise self._document.error(
                path, f"{name!r} is not a signal of this model; {expected(name, here)}"
            )
        return self._bits[name]

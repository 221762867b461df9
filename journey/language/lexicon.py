"""The names that a model gives to things, and where they are used: signals, keys, settings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from journey.language.document import Document, Path
from journey.language.duration import parse_duration
from journey.language.grammar import ModelSpec, Names

STATES = ("open", "at_risk", "met", "missed", "lapsed")


def listed(names: Names | None) -> list[str]:
    """Give names as a list, whether one, several or none were written."""
    if names is None:
        return []
    return [names] if isinstance(names, str) else names


class Lexicon:
    """What the names in a model stand for. Every question says where the name is used."""

    def __init__(self, document: Document, spec: ModelSpec) -> None:
        self._document = document
        self._spec = spec
        self._bits = {name: 1 << at for at, name in enumerate(spec.signals)}
        self.outcomes: dict[tuple[int, str], int] = {}

    def announce(self, moment: str, index: int) -> None:
        """Let the moments below refer to what becomes of this one."""
        for state in STATES:
            bit = 1 << len(self._bits)
            self._bits[f"{moment}.{state}"] = bit
            self.outcomes[index, state] = bit

    def mask(self, names: Iterable[str], path: Path) -> int:
        """Give the mask of signals and outcomes. Raises ModelError for one that is not known."""
        mask = 0
        for name in names:
            mask |= self._bits[self.known(name, self._bits, path, "a signal")]
        return mask

    def stage(self, name: str | None, path: Path) -> str | None:
        """Give a stage, None where none is named. Raises ModelError."""
        return None if name is None else self.known(name, self._spec.stages, path, "a stage")

    def key(self, name: str | None, path: Path) -> str | None:
        """Give the path of a key, None where none is named. Raises ModelError."""
        keys = self._spec.keys
        return None if name is None else keys[self.known(name, keys, path, "a key")]

    def duration(self, text: str | None, path: Path) -> int | None:
        """Give a duration in ms, written out or as a setting. Raises ModelError."""
        if text is None:
            return None
        try:
            return parse_duration(self._setting(text, path))
        except ValueError as fault:
            raise self._document.error(path, str(fault)) from fault

    def shown(self, text: str | None) -> str:
        """Show a duration as it was written, or as its setting was."""
        return str(self._setting(text or "", ()))

    def known(self, name: str, known: Collection[str], path: Path, what: str) -> str:
        """Give a name that is known. Raises ModelError with the nearest one for any other."""
        if name in known:
            return name
        near = get_close_matches(name, list(known), n=1)
        expected = f"expected {near[0]!r}" if near else f"expected one of {', '.join(known)}"
        raise self._document.error(path, f"{name!r} is not {what} of this model; {expected}")

    def _setting(self, text: str, path: Path) -> object:
        if not text.startswith("$"):
            return text
        return self._spec.settings[self.known(text[1:], self._spec.settings, path, "a setting")]

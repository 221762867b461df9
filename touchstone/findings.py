"""What `verify` finds: counts, and a sentence for each difference."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import msgspec

_exact: Final = msgspec.json.Encoder(order="deterministic").encode


def same(one: object, other: object) -> bool:
    """Compare as they are written down, not as Python does: `true` is not 1."""
    return _exact(one) == _exact(other)


@dataclass(slots=True)
class Findings:
    """Counts of what was compared and of differences, and a sentence for each difference.

    `pending` are subjects of which more was committed each time they were looked at. `notes` say
    what could not be looked at.
    """

    lost: int = 0
    repeated: int = 0
    invented: int = 0
    wrong: int = 0
    pending: int = 0
    checked: int = 0
    sentences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing differs."""
        return not self.sentences

    def counts(self) -> dict[str, int]:
        """Give the counts by name, in the order in which they are printed."""
        names = ("lost", "repeated", "invented", "wrong", "pending", "checked")
        return {name: getattr(self, name) for name in names}

    def add(self, other: Findings) -> None:
        """Add other findings, such as those on another subject."""
        for name, count in other.counts().items():
            setattr(self, name, getattr(self, name) + count)
        self.sentences += other.sentences
        self.notes += other.notes

    def lose(self, sentence: str) -> None:
        """Count something that should have been said."""
        self.lost += 1
        self.sentences.append(f"lost: {sentence}")

    def repeat(self, sentence: str) -> None:
        """Count something that was said twice."""
        self.repeated += 1
        self.sentences.append(f"repeated: {sentence}")

    def invent(self, sentence: str) -> None:
        """Count something that nothing calls for."""
        self.invented += 1
        self.sentences.append(f"invented: {sentence}")

    def differ(self, name: str, expected: dict[str, object], said: dict[str, object]) -> None:
        """Count something that was said otherwise than expected, if it was."""
        differing = ", ".join(
            f"{field.rstrip('_')} is {said.get(field)!r}, expected {value!r}"
            for field, value in expected.items()
            if not same(value, said.get(field))
        )
        if differing:
            self.wrong += 1
            self.sentences.append(f"wrong: {name}; {differing}")

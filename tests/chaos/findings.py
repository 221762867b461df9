"""What a check finds: four counts, and a sentence for each."""

from __future__ import annotations

from typing import Final, Self

KINDS: Final = ("lost", "invented", "repeated", "wrong")


class Findings:
    """Counts by kind; `sentences` begin with the kind."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(KINDS, 0)
        self.sentences: list[str] = []

    @property
    def clean(self) -> bool:
        return not any(self.counts.values())

    def note(self, kind: str, sentence: str, count: int = 1) -> Self:
        self.counts[kind] += count
        self.sentences.append(f"{kind}: {sentence}")
        return self

    def add(self, other: Findings) -> None:
        """Add what was found elsewhere."""
        for kind, count in other.counts.items():
            self.counts[kind] += count
        self.sentences += other.sentences

    def confirm(self, other: Findings) -> None:
        """Take in another opinion on the same: what both found counts once."""
        for kind, count in other.counts.items():
            self.counts[kind] = max(self.counts[kind], count)
        self.sentences += other.sentences

    def text(self) -> str:
        """Give the counts as the closing line has them."""
        return ", ".join(f"{kind} {count}" for kind, count in self.counts.items())

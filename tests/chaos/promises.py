"""The moment `refund` of promises.yaml, decided by hand: shares nothing with the product.

A request is met by the first refund of its number from its own time to three seconds later, else
missed at that time; and nobody may call missed what had its refund in hand by then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from journey.instant import format_instant, parse_instant
from tests.chaos.load import WITHIN_MS, Sent

MOMENT: Final = "refund"


@dataclass
class Promise:
    """What was sent of one return; times in ms, `refunds` as (event time, arrival)."""

    asked: int = 0
    refunds: list[tuple[int, int]] = field(default_factory=list)

    @property
    def due(self) -> int:
        return self.asked + WITHIN_MS

    def outcome(self) -> tuple[str, str]:
        """Give the last word and its time."""
        kept = [t for t, _ in self.refunds if self.asked <= t <= self.due]
        return ("met", format_instant(min(kept))) if kept else ("missed", format_instant(self.due))

    def was_kept_in_hand(self) -> bool:
        """Say whether a refund in time had arrived by the deadline."""
        return any(self.asked <= t <= self.due and a <= self.due for t, a in self.refunds)


def promises(journal: Iterable[Sent]) -> dict[str, Promise]:
    """Collect what was promised, by the number of the return."""
    found: defaultdict[str, Promise] = defaultdict(Promise)
    for sent in journal:
        about = sent.event.get("properties", {}).get("return_id")
        if about is None:
            continue  # not of a promise
        t = parse_instant(sent.event["timestamp"])
        if sent.event["event"] == "Return Requested":
            found[about].asked = t
        else:
            found[about].refunds.append((t, sent.stamp))
    return dict(found)


def broken(known: dict[str, Promise], words: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[str]:
    """Say which promises have a wrong last word, and which were called missed too early.

    `words` are the transitions in their order, each with the time (ms) at which it was written.
    """
    last: dict[str, tuple[str, str]] = {}
    for written, word in words:
        if word["moment"] != MOMENT or word["model"] != "promises":
            continue
        promise = known[word["key"]]
        last[word["key"]] = word["to"], word["at"]
        if word["to"] != "missed":
            continue
        if promise.was_kept_in_hand():
            yield f"early: {_name(word)}, with its refund in hand: {promise.refunds}"
        elif written < promise.due:
            yield f"early: {_name(word)}, said at {format_instant(written)}"
    for number, promise in known.items():
        if (said := last.get(number)) != promise.outcome():
            yield f"wrong: {number} is {said}, expected {promise.outcome()}"


def _name(word: dict[str, Any]) -> str:
    return f"{word['subject']} {word['key']} missed at {word['at']}, revision {word['revision']}"

"""How long the clock waits for what is told from number to number: the forward clock in rounds.

A message in `events.rekeyed` may make the number that reads it send others, and so on. A round
goes over all numbers once:

1. the ends of the sources, then what is committed of them: the *forward clock* (see forwarding),
   up to which all that comes from sources was sent; in the same answer, how far each number has
   committed `events.rekeyed`; 2. only then the ends of `events.rekeyed`, open transactions
included; 3. later, all is committed up to these ends. Whatever was sent in the meantime on
reading `events.rekeyed` stands in the trail of the number that sent it, with its cause. Nothing
older than the oldest of these causes is under way any more, however many hops it took.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

import msgspec

_MOST_STEPS: Final = 16
_MOST_ROUNDS: Final = 16

Steps = tuple[tuple[int, int], ...]
"""Offsets in `events.rekeyed`, each the last on which so old a cause (ms) was sent on."""


class Trail:
    """What a number has sent on because of what it read in `events.rekeyed`.

    Each step is the last offset on which something of a cause, or of an older one, was sent on.
    Where there are too many steps the oldest are joined: they then name a cause that is too old
    rather than one that is too young.
    """

    def __init__(self, steps: Steps = ()) -> None:
        self._steps = list(steps)

    @property
    def steps(self) -> Steps:
        """What to publish, with offsets and causes both ascending."""
        return tuple(self._steps)

    def sent(self, offset: int, cause: int) -> None:
        """Note that the record at an offset, later than those before, was sent on."""
        while self._steps and self._steps[-1][1] >= cause:
            self._steps.pop()
        self._steps.append((offset, cause))
        if len(self._steps) > _MOST_STEPS:
            (_, oldest), (later, _) = self._steps[:2]
            self._steps[:2] = [(later, oldest)]

    def forget(self, clock: int) -> None:
        """Forget causes that the clock (ms) has passed: nothing of them is under way."""
        self._steps = [step for step in self._steps if step[1] > clock]


def oldest_since(offset: int, steps: Steps) -> int | None:
    """Give the oldest cause of what was sent on from the offset on; None where nothing was."""
    at = bisect_left(steps, (offset,))
    return steps[at][1] if at < len(steps) else None


class Reached(msgspec.Struct, frozen=True):
    """How far a number has committed `events.rekeyed`, and its trail up to there."""

    position: int
    steps: Steps = ()


class _Round(msgspec.Struct, frozen=True):
    forwarded: int
    began: Mapping[int, int]
    ends: Mapping[int, int]


class Rounds:
    """The rounds that are under way; `known` (ms) is an instant up to which nothing is, if any."""

    def __init__(self) -> None:
        self.known: int | None = None
        self._rounds: list[_Round] = []

    def committed(self, reached: Mapping[int, Reached]) -> None:
        """Note what is committed, by number: it may complete rounds."""
        waiting = []
        for one in self._rounds:
            if all(reached[number].position >= end for number, end in one.ends.items()):
                self._complete(one, reached)
            else:
                waiting.append(one)
        self._rounds = waiting

    def begin(
        self, forwarded: int, reached: Mapping[int, Reached], ends: Mapping[int, int]
    ) -> None:
        """Begin a round: the forward clock, what was committed then, and ends asked after it.

        Where nothing is under way it is complete at once.
        """
        began = {number: one.position for number, one in reached.items()}
        if len(self._rounds) < _MOST_ROUNDS:
            self._rounds.append(_Round(forwarded, began, ends))
            self.committed(reached)

    def _complete(self, one: _Round, reached: Mapping[int, Reached]) -> None:
        since = [oldest_since(one.began[number], it.steps) for number, it in reached.items()]
        safe = min([one.forwarded, *(cause - 1 for cause in since if cause is not None)])
        self.known = safe if self.known is None else max(self.known, safe)

"""The state of a fold: what the signals so far have made of a subject, all models at once.

A fold knows no rules (see rules.py). Copies of it are the base, the checkpoints and the live
state of a journey.
"""

from __future__ import annotations

from bisect import bisect_right
from copy import copy
from heapq import heappush
from typing import Any

import msgspec

from journey.word import Instance, Ref, Word

Timer = tuple[int, int, int, int, str, str, int]
"""(at, kind, line, moment, key, instance, version): ties are settled by all of it."""

RISK, QUIET, DUE, LAPSE, SILENCE, LIFE = range(6)
"""The kinds of timers, in the order in which those of one instant fire."""

Counted = tuple[tuple[int, Ref], ...]
"""What counts towards an opening: when it came about (ms), and the event behind it."""

Chains = tuple[Counted, ...]
"""For each step of a sequence but the last, the latest run of events that came so far."""

Armed = tuple[int, Ref]
"""When a silence is over (ms), and the event since which it is counted."""


class Part(msgspec.Struct, array_like=True, gc=False):
    """One line of models' part of a fold: everything by the names that the models give.

    `version` is the place in the line of the one in force. `lives` are the event times of the
    first signal of each of the latest lives, `last_t` that of the last signal; it is None before
    and after a life. `open` has the open instances of each moment by key, in the order of opening;
    `last` the last ones closed, where a moment is judged after its close. `alerted` is when each
    moment's alert last fired. What stands in the dictionaries is immutable, but for instances and
    the inner dictionaries, which `copy` copies.
    """

    name: str
    version: int = 0
    stage: str | None = None
    since: int = 0
    lives: tuple[int, ...] = ()
    last_t: int | None = None
    open: dict[str, dict[str | None, Instance]] = {}
    last: dict[str, dict[str | None, Instance]] = {}
    counted: dict[str, dict[str | None, Counted]] = {}
    sequences: dict[str, dict[str | None, Chains]] = {}
    armed: dict[str, dict[str | None, Armed]] = {}
    alerted: dict[str, int] = {}
    facts: dict[str, Any] = {}
    settled: tuple[str, ...] = ()
    scores: dict[str, tuple[int, int]] = {}

    def come_into_force(self, version: int) -> None:
        """Let another version be in force: what counted towards openings counts no more."""
        if version != self.version:
            self.version = version
            self.counted, self.sequences, self.armed = {}, {}, {}

    def copy(self) -> Part:
        """Copy what can change."""
        return Part(
            self.name,
            self.version,
            self.stage,
            self.since,
            self.lives,
            self.last_t,
            _copied(self.open) if self.open else {},
            _copied(self.last) if self.last else {},
            {name: by.copy() for name, by in self.counted.items()} if self.counted else {},
            {name: by.copy() for name, by in self.sequences.items()} if self.sequences else {},
            {name: by.copy() for name, by in self.armed.items()} if self.armed else {},
            self.alerted.copy(),
            self.facts.copy(),
            self.settled,
            self.scores.copy(),
        )


class Fold(msgspec.Struct, gc=False):
    """A subject's fold: a part a line of models; none before the first signal.

    `fired` is the time of the last deadline fired. `words` has the last word on each instance
    since the base, and on those that were alive in it.
    """

    subject: str
    parts: list[Part] = []
    timers: list[Timer] = []
    words: dict[str, Word] = {}
    fired: int = -1

    def copy(self) -> Fold:
        """Copy what can change."""
        return Fold(
            self.subject,
            [part.copy() for part in self.parts],
            self.timers.copy(),
            self.words.copy(),
            self.fired,
        )

    def arm(self, line: int, moment: int, version: int, instance: Instance) -> None:
        """Put an instance's deadlines where the clock finds them."""
        times = (instance.risk, instance.quiet, instance.due, instance.lapse)
        for kind, at in enumerate(times):
            if at is not None:
                key = instance.key or ""
                heappush(self.timers, (at, kind, line, moment, key, instance.id, version))

    def instances(self) -> int:
        """Count the instances that are kept, open or closed."""
        kept = (by for part in self.parts for by in (*part.open.values(), *part.last.values()))
        return sum(len(by) for by in kept)

    def lives(self) -> list[tuple[int, ...]]:
        """Give when the latest lives began (ms), a line of models each."""
        return [part.lives for part in self.parts]

    def life_of(self, model: str, t: int) -> int | None:
        """Give when the life of a model's that an instant (ms) is in began; None before all."""
        lives = next((part.lives for part in self.parts if part.name == model), ())
        place = bisect_right(lives, t)
        return lives[place - 1] if place else None

    def alive(self) -> set[str]:
        """Give the ids of the instances on which there may be another word."""
        ids: set[str] = set()
        for part in self.parts:
            for instances in (*part.open.values(), *part.last.values()):
                ids.update(instance.id for instance in instances.values())
        return ids


def _copied(kept: dict[str, dict[str | None, Instance]]) -> dict[str, dict[str | None, Instance]]:
    return {name: {key: copy(one) for key, one in by.items()} for name, by in kept.items()}

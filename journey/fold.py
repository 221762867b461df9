"""The state of a fold: what the signals so far have made of a subject, all models at once.

A fold knows no rules (see rules.py). What it holds is immutable, so that a copy costs a few
dictionaries; copies are the base, the checkpoints and the live state of a journey.
"""

from __future__ import annotations

from heapq import heappush

import msgspec

from journey.word import Instance, Ref, Word

Timer = tuple[int, int, int, int, str, str]
"""(at, kind, model, moment, key, instance): ties are settled by all of it, never by chance."""

RISK, QUIET, DUE, LAPSE = range(4)

Counted = tuple[tuple[int, Ref], ...]
"""What counts towards an opening: when it happened (ms), and the event."""


class ModelFold(msgspec.Struct):
    """One model's part: the stage, and a moment each: open instances by key, last closed, counts.

    `open` keeps the order of opening: the last is the latest opened.
    """

    stage: str | None
    since: int
    open: list[dict[str | None, Instance]]
    last: list[Instance | None]
    counted: list[dict[str | None, Counted]]

    @classmethod
    def empty(cls, moments: int) -> ModelFold:
        """Make the fold of no signals."""
        return cls(
            None, 0, [{} for _ in range(moments)], [None] * moments, [{} for _ in range(moments)]
        )

    def copy(self) -> ModelFold:
        """Copy what can change."""
        return ModelFold(
            self.stage,
            self.since,
            [dict(one) for one in self.open],
            list(self.last),
            [dict(one) for one in self.counted],
        )


class Fold(msgspec.Struct):
    """A subject's fold.

    `born` and `last_t` are the event times of the first and the last signal of this life;
    `last_t` is None when it is over. `fired` is that of the last deadline fired. `words` has
    the last word on each instance since the base, and on those that were alive in it.
    """

    subject: str
    models: list[ModelFold]
    timers: list[Timer]
    words: dict[str, Word]
    born: int | None = None
    last_t: int | None = None
    fired: int = -1

    def copy(self) -> Fold:
        """Copy what can change."""
        return Fold(
            self.subject,
            [model.copy() for model in self.models],
            list(self.timers),
            dict(self.words),
            self.born,
            self.last_t,
            self.fired,
        )

    def arm(self, model: int, moment: int, instance: Instance) -> None:
        """Put an instance's timers where the clock finds them."""
        times = (instance.risk, instance.quiet, instance.due, instance.lapse)
        for kind, at in enumerate(times):
            if at is not None:
                timer = (at, kind, model, moment, instance.key or "", instance.id)
                heappush(self.timers, timer)

    def alive(self) -> set[str]:
        """Give the ids of the instances on which there may be another word."""
        ids: set[str] = set()
        for model in self.models:
            for instances in model.open:
                ids.update(instance.id for instance in instances.values())
            ids.update(instance.id for instance in model.last if instance is not None)
        return ids

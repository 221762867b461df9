"""Which faults a round has: each kind in its turn, now and then another at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.chaos.deployment import Deployment
from tests.chaos.faults import Fault

_ANOTHER = 0.35


class Drawing:
    """A bag of faults, filled again when it holds none that can be done."""

    def __init__(self, faults: Sequence[Fault], chance: Random) -> None:
        self._faults = faults
        self._chance = chance
        self._bag: list[Fault] = []

    def draw(self, deployment: Deployment) -> list[Fault]:
        """Draw the faults of one round, of those that can be done now."""
        first = self._next(deployment)
        others = [
            fault
            for fault in self._faults
            if fault is not first and fault.can(deployment) and first.can_meet(fault)
        ]
        if others and self._chance.random() < _ANOTHER:
            return [first, self._chance.choice(others)]
        return [first]

    def _next(self, deployment: Deployment) -> Fault:
        found = [fault for fault in self._bag if fault.can(deployment)]
        if not found:
            self._bag += self._chance.sample(self._faults, len(self._faults))
            found = [fault for fault in self._bag if fault.can(deployment)]
        self._bag.remove(found[0])
        return found[0]

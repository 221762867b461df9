"""Lines of models: the versions of one model, each in force from its stamp on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import msgspec

from journey.errors import ActivationError
from journey.model import Model

ALWAYS = -1


class Activation(msgspec.Struct, frozen=True):
    """A version of a model and when it comes into force: event time in ms, or ALWAYS."""

    model: Model
    stamp: int = ALWAYS


class Line:
    """All versions of one model in the order of their stamps.

    Instances finish by the version under which they opened; what happens from a stamp on opens
    under the version stamped.
    """

    def __init__(self, index: int, activations: Sequence[Activation]) -> None:
        ordered = sorted(activations, key=lambda one: one.stamp)
        self.index = index
        self.versions = tuple(one.model for one in ordered)
        self.stamps = tuple(one.stamp for one in ordered)
        self.judged_after_close = frozenset(
            moment.name for one in self.versions for moment in one.moments if moment.after_close
        )
        self._is_one = self.stamps == (ALWAYS,)
        self.name = self.versions[0].name
        self.subject = self.versions[0].subject
        self._check()
        self._shifts = _shifts(self.versions)
        self._places = {model.version: at for at, model in enumerate(self.versions)}

    def at(self, t: int) -> int:
        """Give the place of the version in force at an event time (ms); -1 before the first."""
        return 0 if self._is_one else bisect_right(self.stamps, t) - 1

    def place_of(self, version: str) -> int:
        """Give the place of a version. Raises KeyError."""
        return self._places[version]

    def joined(self, version: int, mask: int) -> int:
        """Give the line's mask of a mask of signals of a version, by its place."""
        return mask << self._shifts[version]

    def parted(self, mask: int) -> tuple[tuple[int, int], ...]:
        """Give (place, mask) of the versions to which a line's mask is something, latest first."""
        bounds = zip(self._shifts, self._shifts[1:], strict=False)
        masks = [mask >> low & (1 << high - low) - 1 for low, high in bounds]
        return tuple((place, own) for place, own in enumerate(masks) if own)[::-1]

    def known_at(self, t: int) -> int:
        """Give the line's mask of all signals of the versions that are stamped up to `t` (ms)."""
        return (1 << self._shifts[self.at(t) + 1]) - 1

    def _check(self) -> None:
        versions = [model.version for model in self.versions]
        if len(set(versions)) < len(versions) or len(set(self.stamps)) < len(self.stamps):
            raise ActivationError(
                f"model {self.name} is activated as {', '.join(versions)} at "
                f"{', '.join(map(str, self.stamps))}; expected each version and stamp once"
            )
        if any(model.subject != self.subject for model in self.versions):
            raise ActivationError(
                f"model {self.name} is of a {self.subject} in one version and not in another; "
                "expected a model of another name"
            )


def _shifts(versions: Sequence[Model]) -> list[int]:
    """Say where the signals of each version are in a mask of the line, and where the last end."""
    return list(accumulate((len(model.signals) for model in versions), initial=0))


def lines_of(models: Sequence[Model | Activation]) -> tuple[Line, ...]:
    """Put models into lines by name, in the order of first mention. Raises ActivationError."""
    by_name: dict[str, list[Activation]] = {}
    for one in models:
        activation = one if isinstance(one, Activation) else Activation(one)
        by_name.setdefault(activation.model.name, []).append(activation)
    return tuple(Line(at, found) for at, found in enumerate(by_name.values()))

"""What another version of a model would have said of a history: counts, and who is concerned."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from journey.engine import Engine
from journey.model import Model
from journey.replaying import last_words, replay
from journey.said import Said
from touchstone.eventfiles import Bounds, read_files

MEASURES: Final = ("opened", "at_risk", "met", "missed", "lapsed", "alerts")
"""What is counted of a moment's instances: once at risk, how they ended, and alerts to them."""


_ENDS: Final = frozenset({"met", "missed", "lapsed"})


class Difference(msgspec.Struct, frozen=True):
    """What was said of one instance, stage or alert, before and after; "" where nothing was."""

    what: str
    before: str
    after: str


class Customer(msgspec.Struct, frozen=True, order=True):
    """A subject of whom something else would be said."""

    subject: str
    differences: tuple[Difference, ...]


class Counts:
    """What one version says of all subjects, in numbers.

    `moments` counts MEASURES by moment, `stages` the subjects that came to a stage.
    """

    def __init__(self) -> None:
        self.moments: dict[str, Counter[str]] = {}
        self.stages: Counter[str] = Counter()

    def add(self, said: Said) -> None:
        """Count what is said of a subject."""
        self.stages.update({one.to for one in said.transitions if one.kind == "stage"})
        for one in last_words(said.transitions).values():
            if one.moment is not None:
                ended = [one.to] if one.to in _ENDS else []
                self._of(one.moment).update(["opened", *ended])
        at_risk = {(one.moment, one.instance) for one in said.transitions if one.to == "at_risk"}
        for moment, _ in at_risk:
            self._of(moment or "")["at_risk"] += 1
        for alert in said.alerts:
            self._of(alert.moment)["alerts"] += alert.count

    def of(self, moment: str) -> Counter[str]:
        """Give what is counted of a moment."""
        return self.moments.get(moment, Counter())

    def _of(self, moment: str) -> Counter[str]:
        return self.moments.setdefault(moment, Counter())


class ModelDiff:
    """Two versions of a model over one history, each alone.

    `customers` counts the subjects, `different` those of whom something else is said, and
    `first` has so many of these, the first by subject.
    """

    def __init__(self, old: Model, new: Model, kept: int) -> None:
        self.models = old, new
        self.counts = Counts(), Counts()
        self.customers = 0
        self.different = 0
        self.first: list[Customer] = []
        self._kept = kept

    def add(self, subject: str, before: Said, after: Said) -> None:
        """Take what either version says of a subject."""
        self.customers += 1
        for counts, said in zip(self.counts, (before, after), strict=True):
            counts.add(said)
        differences = tuple(_differences(before, after))
        if differences:
            self.different += 1
            insort(self.first, Customer(subject, differences))
            del self.first[self._kept :]


def compare(
    old: Model, new: Model, files: Sequence[str], until: int | None, kept: int, folder: Path
) -> ModelDiff:
    """Fold the events of files under each of two models; what does not fit waits in `folder`."""
    engines = Engine([old]), Engine([new])
    events, clock = read_files(files, engines[0], until, folder, Bounds(), engines[1].fields)
    diff = ModelDiff(old, new, kept)
    for subject, mine in events.subjects(None):
        diff.add(subject, *(replay(engine, subject, mine, clock) for engine in engines))
    return diff


def _differences(before: Said, after: Said) -> Iterator[Difference]:
    """Give what is said in one way before and in another after, in the order of its beginning."""
    ways = _ways(before), _ways(after)
    for one in {**ways[0], **ways[1]}:
        was, becomes = (way.get(one, ("", "")) for way in ways)
        if was[1] != becomes[1]:
            yield Difference(was[0] or becomes[0], was[1], becomes[1])


def _ways(said: Said) -> dict[str, tuple[str, str]]:
    """Give by instance or alert what it is of, and what is said of it, when."""
    ways: dict[str, tuple[str, str]] = {}
    for one in said.transitions:
        what = " ".join(filter(None, (one.moment or "stage", one.key)))
        known = ways.get(one.instance, ("", ""))[1]
        ways[one.instance] = what, ", ".join(filter(None, (known, f"{one.to} {one.at}")))
    for alert in said.alerts:
        what = " ".join(filter(None, ("alert", alert.moment, alert.key)))
        ways[alert.id] = what, f"{alert.severity}, {alert.status}, count {alert.count}"
    return ways

"""What a step expects of a moment's instances."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from journey.explaining.case import Case
from journey.explaining.instances import because, leading_to, missed_chances, moment_of, still_ahead
from journey.explaining.near import useless
from journey.explaining.opening import unopened
from journey.explaining.plain import plain
from journey.scenarios.days import Days
from journey.scenarios.expectations import Difference, together
from journey.scenarios.standing import Standing
from journey.word import RETRACTED, Word

_ALWAYS_SAID = ("state", "at")


class MomentIs(msgspec.Struct, frozen=True):
    """One instance in a state; instants in ms, and None for whatever may be anything."""

    state: str
    at: int | None = None
    key: str | None = None
    deadline: int | None = None
    value: float | None = None
    currency: str | None = None
    reason: str | None = None
    labels: Mapping[str, object] = {}
    facts: Mapping[str, object] = {}

    @classmethod
    def of(cls, word: Word) -> MomentIs:
        """Say all of what an instance is."""
        return cls(
            state=word.to,
            at=word.at,
            key=word.key,
            deadline=word.deadline,
            value=word.value,
            currency=word.currency,
            reason=word.reason,
            labels=dict(word.labels),
            facts={name: plain(value) for name, value in word.facts},
        )

    def said(self) -> dict[str, object]:
        """Give what is said, by name; labels and facts as `label agent`, `fact wish`."""
        said = msgspec.structs.asdict(self)
        labels, facts = said.pop("labels"), said.pop("facts")
        said |= {f"label {name}": value for name, value in labels.items()}
        said |= {f"fact {name}": value for name, value in facts.items()}
        return {name: value for name, value in said.items() if value is not None}

    def fits(self, word: Word) -> bool:
        """Say whether an instance is as expected."""
        return self.said().items() <= MomentIs.of(word).said().items()


class Moments(msgspec.Struct, frozen=True):
    """All instances of a moment, or of one key of it, in the order in which they opened.

    Retracted ones count only where one is expected.
    """

    moment: str
    key: str | None
    wanted: tuple[MomentIs, ...]

    def difference(self, standing: Standing) -> Difference | None:
        """Compare with the last words on the instances."""
        retracted = any(one.state == RETRACTED for one in self.wanted)
        words = standing.words(self.moment, self.key)
        there = [word for word in words if retracted or word.to != RETRACTED]
        if len(there) == len(self.wanted) and all(
            one.fits(word) for one, word in zip(self.wanted, there, strict=True)
        ):
            return None
        return Difference(
            together(_shown(one.said(), standing.days) for one in self.wanted),
            together(_shown(self._found(word), standing.days) for word in there),
            "; ".join([self._why(standing, there or words), *useless(standing.case)]),
        )

    def _found(self, word: Word) -> dict[str, object]:
        """Say of an instance what was asked about it, its state, time and key."""
        asked = {*_ALWAYS_SAID}.union(*(one.said() for one in self.wanted))
        if self.key is None:
            asked.add("key")
        return {name: value for name, value in MomentIs.of(word).said().items() if name in asked}

    def _why(self, standing: Standing, words: list[Word]) -> str:
        if not words:
            missing = unopened(standing.case, standing.moment(self.moment), self.key)
            return f"{self.moment} has not opened: {'; '.join(missing)}"
        unfit = [word for word in words if not any(one.fits(word) for one in self.wanted)]
        lacking = [one.state for one in self.wanted if not any(one.fits(word) for word in words)]
        return _explained(standing.case, (unfit or words)[-1], (lacking or [""])[0])


def _explained(case: Case, word: Word, wanted: str) -> str:
    """Say why an instance is in its state, what would change that, and what nearly did."""
    near = missed_chances(case, word, leading_to(moment_of(case, word), wanted))
    return "; ".join([because(case, word), *still_ahead(case, word), *near])


def _shown(said: dict[str, object], days: Days) -> str:
    """Write what is said of an instance: `met at day 2 10:00, value 20.0`."""
    at, deadline = said.get("at"), said.get("deadline")
    text = str(said["state"]).replace("_", " ")
    if isinstance(at, int):
        text += f" at {days.write(at)}"
    if isinstance(deadline, int):
        said = {**said, "deadline": days.write(deadline)}
    rest = (f"{name} {value}" for name, value in said.items() if name not in _ALWAYS_SAID)
    return ", ".join([text, *rest])

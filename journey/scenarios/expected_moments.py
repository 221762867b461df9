"""What a step expects of a moment's instances."""

from __future__ import annotations

import msgspec

from journey.scenarios.days import Days
from journey.scenarios.expectations import Difference, together
from journey.scenarios.standing import Standing
from journey.scenarios.unmet import explained, unopened, useless
from journey.word import RETRACTED, Word


class MomentIs(msgspec.Struct, frozen=True):
    """One instance in a state; instants in ms, and None for whatever may be anything."""

    state: str
    at: int | None = None
    key: str | None = None
    deadline: int | None = None
    value: float | None = None
    currency: str | None = None
    reason: str | None = None

    @classmethod
    def of(cls, word: Word) -> MomentIs:
        """Say all of what an instance is."""
        return cls(
            word.to, word.at, word.key, word.deadline, word.value, word.currency, word.reason
        )

    def given(self) -> dict[str, object]:
        """Give what is said, by name."""
        fields = msgspec.structs.asdict(self)
        return {name: value for name, value in fields.items() if value is not None}

    def fits(self, word: Word) -> bool:
        """Say whether an instance is as expected."""
        return self.given().items() <= MomentIs.of(word).given().items()

    def shown(self, days: Days) -> str:
        """Write it: `met at day 2 10:00, value 20.0`."""
        text = self.state.replace("_", " ")
        if self.at is not None:
            text += f" at {days.write(self.at)}"
        rest = {**self.given(), "deadline": self.deadline and days.write(self.deadline)}
        names = [name for name in rest if name not in {"state", "at"} and rest[name] is not None]
        return ", ".join([text, *(f"{name} {rest[name]}" for name in names)])


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
            together(one.shown(standing.days) for one in self.wanted),
            together(self._found(word).shown(standing.days) for word in there),
            "; ".join([self._why(standing, there or words), *useless(standing)]),
        )

    def _found(self, word: Word) -> MomentIs:
        """Say of an instance what was asked about it, its state, time and key."""
        asked = {"state", "at"}.union(*(one.given() for one in self.wanted))
        if self.key is None:
            asked.add("key")
        whole = MomentIs.of(word).given()
        return msgspec.convert({name: whole[name] for name in asked & set(whole)}, MomentIs)

    def _why(self, standing: Standing, words: list[Word]) -> str:
        if not words:
            return unopened(standing, standing.moment(self.moment), self.key)
        unfit = [word for word in words if not any(one.fits(word) for one in self.wanted)]
        lacking = [one.state for one in self.wanted if not any(one.fits(word) for word in words)]
        return explained(standing, (unfit or words)[-1], (lacking or [""])[0])

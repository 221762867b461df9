"""What a step expects to be known of the customer: facts and scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from journey.explaining.knowledge import movers, sources
from journey.explaining.near import useless
from journey.explaining.plain import plain, write
from journey.scenarios.expectations import Difference
from journey.scenarios.standing import Standing
from journey.tables import Predicate

_DIGITS = 2


class ValueIs(msgspec.Struct, frozen=True):
    """A fact or score that must pass a test, and how the file writes what it must be.

    `by` says which number is meant of a score that is kept by something.
    """

    name: str
    by: Mapping[str, str]
    test: Predicate
    wanted: str

    def written(self, value: str) -> str:
        """Write it with a value."""
        which = "".join(f" {attribute or 'none'}" for attribute in self.by.values())
        return f"{self.name}{which} {value}"


class Knowledge(msgspec.Struct, frozen=True):
    """Facts or scores, each as expected. Scores are read to two decimals."""

    kind: str
    wanted: tuple[ValueIs, ...]

    def difference(self, standing: Standing) -> Difference | None:
        """Compare with what is known at the clock."""
        found = [self._value(standing, one) for one in self.wanted]
        pairs = zip(self.wanted, found, strict=True)
        wrong = [(one, value) for one, value in pairs if not one.test({one.name: value})]
        if not wrong:
            return None
        return Difference(
            ", ".join(one.written(one.wanted) for one, _ in wrong),
            ", ".join(one.written(write(value)) for one, value in wrong),
            "; ".join([*self._why(standing, [one for one, _ in wrong]), *useless(standing.case)]),
        )

    def _value(self, standing: Standing, one: ValueIs) -> object:
        known = standing.known()[self.kind][one.name]
        if self.kind == "facts":
            return plain(known)
        numbers = known if isinstance(known, list) else [{"by": {}, **known}]
        found = [each["value"] for each in numbers if one.by.items() <= each["by"].items()]
        return round(found[0], _DIGITS) if found else None

    def _why(self, standing: Standing, wrong: list[ValueIs]) -> Iterator[str]:
        for name in dict.fromkeys(one.name for one in wrong):
            yield from sources(standing.case, name, _mask(standing, self.kind, name))


def _mask(standing: Standing, kind: str, name: str) -> int:
    """Give the signals and outcomes that a fact or score is made of."""
    if kind == "facts":
        return next(fact.of for fact in standing.model.facts if fact.name == name)
    return movers(next(score for score in standing.model.scores if score.name == name))

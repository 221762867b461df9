"""The known faults of the hops, each put back alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from journey.engine import EngineSettings
from journey.instant import HOUR
from journey.links import Link
from services.detector.hops import kept, rounds
from services.detector.hops.subject import Subject
from tests.detector.hops.network import Network, Seen
from tests.detector.hops.number import Number
from tests.detector.hops.topics import Log


class OwnTopics(Network):
    """The clock waits for the number's own topics alone."""

    def allowed(self, seen: Seen) -> tuple[int, int] | None:
        return seen.instant, seen.end


class OneRoundOfEnds(Network):
    """The clock waits for the sources of all and for what was sent here by then: one hop."""

    def allowed(self, seen: Seen) -> tuple[int, int] | None:
        return None if seen.forwarded is None else (seen.forwarded, seen.end)


class LastStableOffset(Network):
    """The clock waits only for what readers get by then."""

    def rekeyed_end(self, log: Log) -> int:
        return log.last_stable


class CutByLateness(Network):
    """Bases are cut by the allowed lateness alone."""

    class number_of(Number):  # noqa: N801
        @property
        def horizon(self) -> int:
            return self._settings.lateness


def precedes_in_its_hour(one: Link, other: Link) -> bool:
    """Take any link for one that precedes another of its hour, whatever their stamps."""
    return (one.device, one.person, one.t // HOUR) == (
        other.device,
        other.person,
        other.t // HOUR,
    )


def keep_for_ever(
    subject: Subject, key: str, cause: int, settings: EngineSettings
) -> Iterator[None]:
    """Withdraw nothing."""
    yield from ()


def see_no_trail(offset: int, steps: rounds.Steps) -> None:
    """Overlook what was sent on while a round was under way."""


class Fault(NamedTuple):
    """A network that is wrong, or an object of the product and what is put in its place."""

    network: type[Network] = Network
    owner: object = None
    name: str = ""
    becomes: object = None


FAULTS = {
    "clock over the own topics only": Fault(OwnTopics),
    "one round of ends only": Fault(OneRoundOfEnds),
    "ends in a round without the trails": Fault(
        owner=rounds, name="oldest_since", becomes=see_no_trail
    ),
    "cut by the lateness alone": Fault(CutByLateness),
    "a link dropped that none of its hour precedes in both stamps": Fault(
        owner=kept, name="precedes", becomes=precedes_in_its_hour
    ),
    "no withdrawal when the owner changes": Fault(
        owner=Subject, name="withdraw", becomes=keep_for_ever
    ),
    "last stable offset instead of the high watermark": Fault(LastStableOffset),
}

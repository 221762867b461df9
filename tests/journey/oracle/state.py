"""What the oracle remembers of a subject while it folds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from journey.event import Event
from journey.model import Model
from journey.tables import Moment

Cited = tuple[str, str, int, str]
"""An event as evidence: message id, name, event time, the part it played."""

OPEN_STATES = ("open", "at_risk")


@dataclass
class Version:
    """A version of the model, in force from its stamp (ms; None: from the beginning)."""

    model: Model
    stamp: int | None
    place: int

    def moment(self, name: str) -> Moment | None:
        return next((one for one in self.model.moments if one.name == name), None)


@dataclass
class Clock:
    """The time to a deadline: `left` of it when it last began to run, at `since`."""

    moment: Moment
    left: int | None
    since: int = 0
    running: bool = False

    def run(self, t: int) -> None:
        self.since, self.running = t, True

    def stop(self, t: int) -> None:
        if self.running and self.left is not None:
            self.left = max(0, self.left - self._between(self.since, t))
        self.running = False

    def restart(self, t: int) -> None:
        self.left, self.since = self.moment.due, t

    @property
    def due(self) -> int | None:
        if self.left is None or not self.running:
            return None
        return self._add(self.since, self.left)

    @property
    def risk(self) -> int | None:
        if self.left is None or self.moment.risk_before is None or not self.running:
            return None
        return self._add(self.since, max(0, self.left - self.moment.risk_before))

    def _add(self, start: int, worked: int) -> int:
        calendar = self.moment.calendar
        return start + worked if calendar is None else calendar.add(start, worked)

    def _between(self, start: int, end: int) -> int:
        calendar = self.moment.calendar
        return end - start if calendar is None else calendar.between(start, end)


@dataclass
class Instance:
    """One moment of truth; when it is closed it is remembered only as the last of its key."""

    id: str
    version: Version
    moment: Moment
    key: str | None
    opened: int
    evidence: list[Cited]
    value: float | None
    currency: str | None
    clock: Clock
    quiet: int | None
    lapse: int | None
    state: str = "open"
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def timers(self) -> list[tuple[str, int]]:
        """Give the deadlines that are set, each with its kind."""
        risk = self.clock.risk if self.state == "open" else None
        times = {"risk": risk, "quiet": self.quiet, "due": self.clock.due, "lapse": self.lapse}
        return [(kind, at) for kind, at in times.items() if at is not None]


@dataclass
class Hand:
    """The event at hand, if any, and those of its signals that hold so far, by version."""

    event: Event | None = None
    held: dict[int, int] = field(default_factory=dict)


@dataclass
class Cause:
    """What holds at a point, as one version sees it: an event's signals, or an outcome.

    `parent` is the instance that the outcome is of. `opening` is what an instance opened by it
    is known by.
    """

    version: Version
    mask: int
    t: int
    hand: Hand
    cited: tuple[str, str, int]
    opening: str
    parent: Instance | None = None

    @property
    def fields(self) -> dict[str, object]:
        return {} if self.hand.event is None else dict(self.hand.event.fields)

    @property
    def at_hand(self) -> int:
        """The signals that attributes are taken from."""
        return self.mask | self.hand.held.get(self.version.place, 0)


@dataclass
class FactState:
    """What is known so far; which of these is used depends on the kind of the fact."""

    latest: object = None
    count: int = 0
    times: list[int] = field(default_factory=list)
    values: set[str] = field(default_factory=set)
    tally: Counter[str] = field(default_factory=Counter)
    sums: dict[str, int] = field(default_factory=dict)
    frozen: int | None = None


Place = tuple[str, str | None]
"""A moment's name and a key."""

Form = tuple[str, ...]
"""The name of a fact or score, and how it is kept."""


@dataclass
class Memory:
    """All that is known of a subject in one life."""

    stage: str | None = None
    last_t: int | None = None
    open: list[Instance] = field(default_factory=list)
    closed: dict[str, list[Instance]] = field(default_factory=dict)
    counted: dict[Place, list[tuple[int, Cited]]] = field(default_factory=dict)
    chains: dict[Place, dict[int, list[tuple[int, Cited]]]] = field(default_factory=dict)
    silences: dict[Place, tuple[int, Cause]] = field(default_factory=dict)
    facts: dict[Form, FactState] = field(default_factory=dict)
    scores: dict[Form, dict[tuple[str, ...], tuple[int, int]]] = field(default_factory=dict)
    fired: dict[str, int] = field(default_factory=dict)

    def find(self, name: str, key: str | None) -> Instance | None:
        """Give the open instance of a moment with a key."""
        found = [one for one in self.open if one.moment.name == name and one.key == key]
        return found[-1] if found else None

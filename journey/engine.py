"""The engine: gives each event to the journey of its subject and says what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from journey import folding, pruning, rebasing, view
from journey.actions import Action
from journey.alertdesk import AlertDesk
from journey.encoding import Encoding
from journey.event import ANONYMOUS, Event
from journey.fold import Fold
from journey.history import Entry
from journey.instant import DAY, MINUTE, format_duration, format_instant
from journey.journey import Journey
from journey.lines import Activation, lines_of
from journey.meanings import Meanings
from journey.model import Model
from journey.rebasing import Based
from journey.rules import Rules
from journey.said import Alert, Said
from journey.speaking import speak


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between deployments; durations in ms.

    The price of `lateness` and `merge` is history kept: signals are held for the longer of both.
    """

    lateness: int = 7 * DAY
    merge: int = 7 * DAY
    skew: int = 5 * MINUTE
    anonymous_life: int = 30 * DAY
    known_life: int = 400 * DAY
    currency: str = "EUR"

    @property
    def notice(self) -> int:
        """How long before its stamp a version must be made known: see docs/decisions/0024."""
        return 2 * self.skew


class Engine:
    """All models at once. Holds no journey itself; every call says which one, and the clock.

    Several versions of one model are given with their stamps, as activations. Raises
    ActivationError where they cannot be in force one after the other.
    """

    def __init__(
        self, models: Sequence[Model | Activation], settings: EngineSettings | None = None
    ) -> None:
        self.lines = lines_of(models)
        self.models = tuple(model for line in self.lines for model in line.versions)
        self.settings = settings or EngineSettings()
        self.fields: frozenset[str] = frozenset().union(*(model.paths for model in self.models))
        self._horizon = max(self.settings.lateness, self.settings.merge)
        self._meanings = Meanings(self.lines)
        self._anonymous = Rules(self.lines, self.settings.anonymous_life, self.settings.currency)
        self._known = Rules(self.lines, self.settings.known_life, self.settings.currency)
        self._desk = AlertDesk(self.lines)
        self._encoding = Encoding(self.lines, self._meanings)

    def reads(self, name: str) -> bool:
        """Say whether events of this name mean anything in any model."""
        return name in self._meanings.events

    def means(self, event: Event) -> bool:
        """Say whether an event is a signal in any version of a model that was stamped by then."""
        return self._meanings.of(event) is not self._meanings.nothing

    def refusal(self, event: Event) -> str | None:
        """Say why an event is not admitted: it depends on its own two stamps alone."""
        if event.t < event.a - self.settings.lateness:
            happened, arrived = format_instant(event.t), format_instant(event.a)
            allowed = format_duration(self.settings.lateness)
            return f"it happened at {happened} and came at {arrived}; expected within {allowed}"
        if event.t > event.a + self.settings.skew:
            happened, arrived = format_instant(event.t), format_instant(event.a)
            allowed = format_duration(self.settings.skew)
            return f"it is of {happened} and came at {arrived}; expected at most {allowed} ahead"
        return None

    def open(self, subject: str) -> Journey:
        """Begin the journey of a subject."""
        return Journey(self._rules(subject).empty(subject))

    def step(self, journey: Journey, event: Event, clock: int) -> Said:
        """Take one admitted event and let the clock (ms) run; say what changed.

        One that is out of order waits for the next `advance`, so that many of them are folded
        once.
        """
        if self.take(journey, event):
            return self.advance(journey, clock)
        journey.clock = max(journey.clock, clock)
        return Said([], [])

    def take(self, journey: Journey, event: Event) -> bool:
        """Put one admitted event where it belongs; nothing is folded or said yet.

        A copy changes nothing, but the journey hears of its arrival. False where the event is
        out of order: then much has to be folded again.
        """
        masks = self._meanings.of(event)
        if masks is self._meanings.nothing:
            return True
        journey.heard = max(journey.heard, event.a)
        entry = Entry(
            event.t,
            event.sequence,
            event.rank,
            event.message_id,
            event.name,
            event.fields,
            event.account is not None,
            masks,
            masks,
        )
        place = journey.history.insert(entry)
        if place is None or folding.is_in_order(journey, place, event.t):
            return True
        folding.note_change(journey, place)
        return False

    def advance(self, journey: Journey, clock: int) -> Said:
        """Let the clock (ms) run: fold what waited, fire what is due, say what changed."""
        journey.clock = max(journey.clock, clock)
        if not self._has_come_up(journey):
            return Said([], [])
        lives = None if journey.changed_at is None else journey.live.lives()
        words = folding.fold(journey, self._rules(journey.subject))
        # Alerts count within a life: where a late signal joins two, it changes them without a word.
        relived = lives is not None and lives != journey.live.lives()
        aged = journey.next_age is not None and journey.next_age <= journey.clock
        if not (words or relived or aged):
            return Said([], [])
        return Said(speak(journey, words), self._desk.update(journey, words, every=relived))

    def due(self, journey: Journey) -> int | None:
        """Say when the clock next has something to do, ms; it may turn out to be nothing.

        Asked of a journey that was advanced, but for what came out of order since.
        """
        if journey.changed_at is not None:
            return journey.clock
        timers, waiting = journey.live.timers, folding.waits_until(journey)
        due = timers[0][0] if timers else None
        if waiting is not None and (due is None or waiting < due):
            due = waiting
        if journey.next_age is not None and (due is None or journey.next_age < due):
            due = journey.next_age
        return due

    def _has_come_up(self, journey: Journey) -> bool:
        """Say whether there is something to fold, to fire or to age at the journey's clock."""
        timers, entries, clock = journey.live.timers, journey.history.entries, journey.clock
        return (
            journey.changed_at is not None
            or bool(timers and timers[0][0] <= clock)
            or bool(
                journey.folded < len(entries)
                and folding.is_near(journey, entries[journey.folded].t)
            )
            or (journey.next_age is not None and journey.next_age <= clock)
        )

    def expired(self, journey: Journey, clock: int) -> bool:
        """Say whether the state may be removed: its life is over and nothing can join it."""
        # Asked of every journey that is written; nearly all have something before them.
        return (
            self.due(journey) is None
            and all(part.last_t is None for part in journey.live.parts)
            and journey.live.fired < clock - self._horizon
        )

    def cut(self, journey: Journey) -> None:
        """Fold into the base what no admitted event can precede any more, by the journey's clock.

        It may be done to any journey that was advanced, or never: the moments are the same.
        """
        limit = journey.clock - self._horizon
        folding.cut(journey, self._rules(journey.subject), limit)
        pruning.prune(journey, limit)

    def act(self, journey: Journey, action: Action) -> Alert | None:
        """Decide on an operator's action as of where the advanced journey has come (see `reached`).

        Gives the alert with what became of it, None for an action that was heard before. Raises
        NoSuchAlert, also for an alert that nothing can change any more.
        """
        self.cut(journey)
        return self._desk.act(journey, action)

    def assume(self, journey: Journey, alert: Alert) -> None:
        """Take the outcomes of actions that an alert tells of as given, before anything is said."""
        self._desk.assume(journey, alert)

    def alerts(self, journey: Journey) -> list[Alert]:
        """Give all alerts of a journey as they stand at its clock, whatever was said of them."""
        return self._desk.review(journey)

    def from_base(self, journey: Journey) -> Based:
        """Give the journey as it was before all that may still change, to be folded on."""
        return rebasing.from_base(journey, journey.clock - self._horizon)

    def past(self, journey: Journey, count: int, until: int) -> Fold:
        """Give what the first entries of the history came to, by a clock (ms) of their time.

        A copy, for looking at; the journey has been advanced.
        """
        return folding.past(journey, self._rules(journey.subject), count, until)

    def encode(self, journey: Journey) -> bytes:
        """Write the state, advanced to its clock, in the current version of its format."""
        return self._encoding.encode(journey)

    def decode(self, subject: str, state: bytes) -> Journey:
        """Read a state of this or an earlier version. Raises StateError."""
        return self._encoding.decode(subject, state, self._rules(subject))

    def view(self, journey: Journey) -> dict[str, Any]:
        """Show a journey as the topic `journeys` and the API do."""
        return view.view(journey, self.lines)

    def _rules(self, subject: str) -> Rules:
        return self._anonymous if subject.startswith(ANONYMOUS) else self._known

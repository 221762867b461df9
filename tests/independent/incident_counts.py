"""Silent, reopened and reassigned tickets, counted straight from files of events.

What the engine's models say of incidents is held against these numbers. Therefore nothing here
comes from the product: one loop over each ticket's events, with the rules written out once more.

    python tests/independent/incident_counts.py FILE… [--pause "awaiting user info"]
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

MILLISECOND = timedelta(milliseconds=1)
DAY = timedelta(days=1) // MILLISECOND
PATIENCE = 3 * DAY
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ORDINARY = 2
RANKS = {"Ticket Created": 0, "Ticket Reopened": 1, "Ticket Solved": 3, "Ticket Closed": 4}
BEGINS = {"Ticket Created", "Ticket Reopened"}
ENDS = {"Ticket Solved", "Ticket Closed"}


class Event(NamedTuple):
    """An event of a ticket; the first four settle the order. `t` is in ms."""

    t: int
    sequence: int
    rank: int
    message_id: str
    name: str
    ticket: str
    customer: str
    author: str | None
    status: str | None
    text: str

    @property
    def by_vendor(self) -> bool:
        """A reply counts when an agent wrote it; anything else unless the customer did it."""
        if self.name == "Ticket Replied":
            return self.author == "agent"
        return self.author != "customer"


@dataclass
class Ticket:
    """What happened to one ticket; `silences` are the instants (ms) at which patience ended."""

    reopenings: int = 0
    reassignments: int = 0
    silences: list[int] = field(default_factory=list)


@dataclass
class Counts:
    """The tickets by id, and how far the file goes (ms)."""

    tickets: dict[str, Ticket]
    events: int
    copies: int
    until: int

    def summary(self) -> dict[str, Any]:
        """Give the totals, as they are printed."""
        tickets = self.tickets.values()
        reassigned = Counter(one.reassignments for one in tickets)
        return {
            "events": self.events,
            "copies": self.copies,
            "tickets": len(tickets),
            "until": (EPOCH + self.until * MILLISECOND).isoformat(),
            "reopened": {
                "tickets": sum(one.reopenings > 0 for one in tickets),
                "reopenings": sum(one.reopenings for one in tickets),
            },
            "reassigned": {
                "tickets_3_or_more": sum(n for times, n in reassigned.items() if times >= 3),
                "tickets_by_times": {str(times): reassigned[times] for times in sorted(reassigned)},
            },
            "silence": {
                "tickets": sum(bool(one.silences) for one in tickets),
                "silences": sum(len(one.silences) for one in tickets),
            },
        }


class Watch:
    """The patience left on one ticket: None while it is not in trouble."""

    def __init__(self, pause: Collection[str]) -> None:
        self.pause = pause
        self.paused = False
        self.now = 0
        self.left: int | None = None
        self.silences: list[int] = []

    def wait(self, until: int) -> None:
        """Let time pass. A limit reached at `until` itself is not over yet: it was in time."""
        while self.left is not None and self.now < until:
            if self.left == 0:
                self.silences.append(self.now)
                self.left = PATIENCE
            step = min(self.left, until - self.now)
            self.left -= 0 if self.paused else step
            self.now += step
        self.now = until

    def see(self, event: Event) -> None:
        """Take the next event of the ticket."""
        self.wait(event.t)
        if event.status is not None:
            self.paused = event.status in self.pause
        if event.name in ENDS:
            self.left = None
        elif event.by_vendor if self.left is not None else event.name in BEGINS:
            self.left = PATIENCE


def count(lines: Iterable[str], pause: Collection[str] = ()) -> Counts:
    """Count over lines of JSON, an event each; time stands still in the statuses of `pause`.

    Events of other families only move the end of the file. Raises ValueError with the number of
    the first line that cannot be counted.
    """
    events: list[Event] = []
    until = 0
    for number, line in enumerate(lines, 1):
        try:
            t, event = read(line)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"line {number} is not an event: {error!r}") from error
        until = max(until, t)
        if event is not None:
            events.append(event)
    stories: dict[str, list[Event]] = defaultdict(list)
    kept = without_copies(events)
    for event in kept:
        stories[event.ticket].append(event)
    tickets = {ticket: follow(story, until, pause) for ticket, story in stories.items()}
    return Counts(tickets, len(kept), len(events) - len(kept), until)


def read(line: str) -> tuple[int, Event | None]:
    """Read one line: when it happened (ms), and the event where it is a ticket's."""
    raw = json.loads(line)
    t = (datetime.fromisoformat(raw["timestamp"]) - EPOCH) // MILLISECOND
    name = raw.get("event", "")
    if not name.startswith("Ticket "):
        return t, None
    about = raw["properties"]
    sequence = about.get("sequence")
    return t, Event(
        t=t,
        sequence=sequence if type(sequence) is int and sequence >= 0 else 0,
        rank=RANKS.get(name, ORDINARY),
        message_id=raw["messageId"],
        name=name,
        ticket=about["ticket_id"],
        customer=raw.get("userId") or raw["anonymousId"],
        author=about.get("author"),
        status=about.get("status"),
        text=json.dumps(about, sort_keys=True),
    )


def without_copies(events: Iterable[Event]) -> list[Event]:
    """Keep the first of each customer's message, and what comes over 24 h after the last kept."""
    kept: list[Event] = []
    last: dict[tuple[str, str], int] = {}
    for event in sorted(
        events, key=lambda one: (one.t, one.sequence, one.rank, one.name, one.text)
    ):
        message = event.customer, event.message_id
        if message not in last or event.t - last[message] > DAY:
            last[message] = event.t
            kept.append(event)
    return kept


def follow(story: list[Event], until: int, pause: Collection[str] = ()) -> Ticket:
    """Follow one ticket through its events, then on to the end of the file (ms), included."""
    watch = Watch(pause)
    for event in sorted(story):
        watch.see(event)
    watch.wait(until + 1)
    names = Counter(event.name for event in story)
    return Ticket(names["Ticket Reopened"], names["Ticket Reassigned"], watch.silences)


def lines_of(files: Iterable[str]) -> Iterator[str]:
    """Give the lines of files, packed or not."""
    for file in files:
        opening = gzip.open if file.endswith(".gz") else open
        with opening(file, "rt", encoding="utf-8") as opened:
            yield from opened


def main() -> None:
    """Print the totals over the files that the command line names."""
    parser = argparse.ArgumentParser(description="Count silent, reopened and reassigned tickets.")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument(
        "--pause", action="append", default=[], metavar="STATUS", help="time stops in this status"
    )
    asked = parser.parse_args()
    print(json.dumps(count(lines_of(asked.files), asked.pause).summary(), indent=1))


if __name__ == "__main__":
    main()

"""How long the clock waits for events that came to another partition than their customer's.

Such an event is forwarded inside the transaction that commits its offset. So once a number has
committed that its sources are folded up to an instant, every event that arrived there by then and
belongs elsewhere is in `events.rekeyed`. Asked in this order, nothing can slip through:

1. the instant; 2. the ends of all sources of all numbers; 3. what is committed of them; 4. only
then the ends of `events.rekeyed`, open transactions included. A number that has committed all up
to those ends has come to the instant, any other to what it wrote down. Up to the lowest of these
all that is forwarded lies before the ends of 4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from aiokafka import TopicPartition

from services.detector.clock import parse_published
from services.detector.records import Committed
from topics.contracts import SOURCES

Offsets = Mapping[TopicPartition, int]
Commits = Mapping[TopicPartition, Committed]


def forward_clock(
    numbers: Collection[int],
    ends: Offsets,
    committed: Commits,
    instant: int | None,
) -> int | None:
    """Give the instant (ms) up to which all events are forwarded that have to be.

    `instant` is when the ends were asked for, None where the wall clock tells nothing (a
    history). None where some number has told nothing yet.
    """
    known = [_come_to(number, ends, committed, instant) for number in numbers]
    told = [one for one in known if one is not None]
    return min(told) if len(told) == len(known) else None


def _come_to(
    number: int,
    ends: Offsets,
    committed: Commits,
    instant: int | None,
) -> int | None:
    places = [TopicPartition(source, number) for source in SOURCES]
    commits = [committed[place] for place in places if place in committed]
    done = {place: committed[place].position for place in places if place in committed}
    if instant is not None and all(ends[place] <= done.get(place, 0) for place in places):
        return instant
    return parse_published(commit.metadata for commit in commits).folded

"""The engine's moments on real incidents, held against counts made straight from the file."""

from __future__ import annotations

import gzip
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from journey.instant import parse_instant
from journey.replaying import last_words, replay
from journey.said import Transition
from tests.independent.incident_counts import Counts, count
from tests.journey.real_data import customers
from touchstone.modelfiles import engine_of

DATA = Path(os.environ.get("TOUCHSTONE_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILE = DATA / "incidents.jsonl.gz"

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the real data is not there")


@pytest.fixture(scope="module")
def counts() -> Counts:
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        return count(lines)


@pytest.fixture(scope="module")
def words() -> list[Transition]:
    engine = engine_of(["six-steps", "b2b-lifecycle"])
    found = customers([str(FILE)], engine)
    clock = max(event.a for events in found.values() for event in events)
    return [
        word
        for subject, events in found.items()
        for word in last_words(replay(engine, subject, events, clock).transitions).values()
    ]


def _of(words: list[Transition], moment: str) -> Iterator[Transition]:
    return (word for word in words if word.moment == moment)


def test_silences_over_three_days_are_the_updates_missed(
    counts: Counts, words: list[Transition]
) -> None:
    missed = Counter(
        (word.key, parse_instant(word.at)) for word in _of(words, "updates") if word.to == "missed"
    )
    silences = Counter((id_, at) for id_, one in counts.tickets.items() for at in one.silences)
    assert silences.total() > 10_000
    assert missed == silences


def test_reopenings_are_the_moments_reopened(counts: Counts, words: list[Transition]) -> None:
    reopened = Counter(word.key for word in _of(words, "reopened"))
    assert reopened == +Counter({id_: one.reopenings for id_, one in counts.tickets.items()})


def test_tickets_reassigned_three_times_are_those_handed_around(
    counts: Counts, words: list[Transition]
) -> None:
    handed = {word.key for word in _of(words, "handed-around")}
    assert handed == {id_ for id_, one in counts.tickets.items() if one.reassignments >= 3}

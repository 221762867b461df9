"""What `verify` counts: each kind of difference, and nothing where there is none."""

from __future__ import annotations

import msgspec
import pytest

from journey.engine import Engine
from journey.event import Event
from journey.instant import DAY, parse_instant
from journey.said import Transition
from tests.api.sayings import transition
from tests.journey.histories import shipped
from touchstone.comparing import compare
from touchstone.findings import Findings
from touchstone.lives import ends_of_lives

OPEN = transition(1)
MISSED = transition(2, instance="i1", revision=2, from_="open", to="missed")


def findings(expected: Transition | None, *said: Transition) -> dict[str, int]:
    by_instance = {expected.instance: expected} if expected else {}
    counts = compare(by_instance, said).counts()
    return {name: count for name, count in counts.items() if count}


def test_the_last_word_counts_not_how_it_came_about() -> None:
    expected = msgspec.structs.replace(MISSED, id="other", revision=9, from_=None)
    assert findings(expected, OPEN, MISSED) == {"checked": 1}


def test_a_word_that_was_not_said_is_lost() -> None:
    assert findings(OPEN) == {"lost": 1, "checked": 1}


def test_a_moment_that_was_withdrawn_wrongly_is_lost() -> None:
    gone = msgspec.structs.replace(MISSED, to="retracted")
    assert findings(MISSED, OPEN, gone) == {"lost": 1, "checked": 1}


def test_a_hole_in_the_revisions_is_a_lost_word() -> None:
    third = msgspec.structs.replace(MISSED, revision=3)
    assert findings(third, OPEN, third) == {"lost": 1, "checked": 1}


def test_an_id_said_twice_is_repeated() -> None:
    assert findings(OPEN, OPEN, OPEN) == {"repeated": 1, "checked": 1}


def test_a_word_without_events_is_invented() -> None:
    assert findings(None, OPEN) == {"invented": 1, "checked": 1}


def test_a_moment_that_is_retracted_may_be_absent_from_the_fold() -> None:
    assert findings(None, msgspec.structs.replace(OPEN, to="retracted")) == {"checked": 1}


def test_another_value_is_wrong_and_named() -> None:
    found = compare({"i1": OPEN}, [msgspec.structs.replace(OPEN, value=1.0)])
    assert (found.wrong, found.clean) == (1, False)
    assert "value is 1.0, expected 129.9" in found.sentences[0]


STAGE = transition(1, kind="stage", moment=None, instance="s", to="use", at="2026-01-01T00:00:00Z")
ANEW = msgspec.structs.replace(STAGE, id="t9", to="visiting", at="2026-03-01T00:00:00Z")


@pytest.mark.parametrize(
    ("end", "lost"),
    [
        ("2025-12-31T00:00:00Z", 1),
        ("2026-01-31T00:00:00Z", 0),
        ("2026-03-02T00:00:00Z", 1),
    ],
)
def test_a_stage_begins_anew_only_after_the_end_of_a_life(end: str, lost: int) -> None:
    found = compare({"s": ANEW}, [STAGE, ANEW], [parse_instant(end)])
    assert found.lost == lost
    assert not lost or "lost: the state of" in found.sentences[0]


def test_a_moment_never_begins_anew() -> None:
    again = msgspec.structs.replace(OPEN, id="t9", at="2027-01-01T00:00:00Z")
    end = parse_instant(OPEN.at) + 1
    assert compare({"i1": again}, [OPEN, again], [end]).lost == 1


def test_what_follows_a_word_that_begins_anew_is_counted_on() -> None:
    """One state that was lost is one finding, not one for every word after it."""
    second = msgspec.structs.replace(ANEW, id="t10", revision=2, to="use")
    assert compare({"s": second}, [STAGE, ANEW, second]).lost == 1


@pytest.mark.parametrize(("subject", "days"), [("anon:d", 30), ("person:u", 400)])
def test_a_life_ends_so_long_after_its_last_signal(subject: str, days: int) -> None:
    engine = Engine([shipped("four-moments")])

    def at(day: int, name: str = "Order Completed", late: int = 0) -> Event:
        return Event(subject, f"m{day}", day * DAY, (day + late) * DAY, name)

    lives = [at(days + 4), at(2), at(0), at(2 * days + 3), at(9, "Nothing To Any Model")]
    assert ends_of_lives(engine, subject, lives) == [(days + 2) * DAY]
    assert ends_of_lives(engine, subject, [*lives, at(9, late=8)]) == [(days + 2) * DAY]
    assert ends_of_lives(engine, subject, [*lives, at(9)]) == []


def test_findings_add_up() -> None:
    total = Findings(lost=1, checked=2)
    total.add(Findings(lost=2, checked=3, sentences=["lost: x"]))
    assert (total.lost, total.checked, total.clean) == (3, 5, False)

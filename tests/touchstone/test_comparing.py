"""What `verify` counts: each kind of difference, and nothing where there is none."""

from __future__ import annotations

import msgspec

from journey.said import Transition
from tests.api.sayings import transition
from touchstone.comparing import Findings, compare

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


def test_findings_add_up() -> None:
    total = Findings(lost=1, checked=2)
    total.add(Findings(lost=2, checked=3, sentences=["lost: x"]))
    assert (total.lost, total.checked, total.clean) == (3, 5, False)

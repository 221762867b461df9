"""A scenario that cannot be read is refused with its place, what was found, what was expected."""

from __future__ import annotations

import pytest

from journey.errors import ModelError
from journey.scenarios import read_scenarios
from tests.journey.histories import shipped

MODEL = shipped("four-moments")
GOOD = """\
- scenario: good
  steps:
    - {at: "09:00", event: Product Added, price: 20, expect: {fmot: open, stage: decision}}
    - {at: "+24h", expect: {fmot: missed at day 2 09:00, alert fmot: firing}}
"""


def error_of(text: str) -> str:
    with pytest.raises(ModelError) as caught:
        read_scenarios(text, "s.yaml", MODEL)
    return str(caught.value)


def test_a_score_that_is_kept_by_something_says_by_what() -> None:
    kept = "impression is kept by channel and about; expected {channel: …, about: …, value: …}"
    for wanted, says in (
        ("3", kept),
        ("{channel: web}", kept),
        ("{chan: web, value: 3}", "'chan' is not what impression is kept by; expected 'channel'"),
    ):
        text = GOOD.replace("fmot: open", f"scores: {{impression: {wanted}}}")
        with pytest.raises(ModelError) as caught:
            read_scenarios(text, "s.yaml", shipped("touchpoints"))
        assert says in str(caught.value)


def test_the_good_one_is_good() -> None:
    assert [one.title for one in read_scenarios(GOOD, "s.yaml", MODEL)] == ["good"]


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("scenario: good", "scenari: good", "1:3: 'scenari' is not a key of a scenario; expected"),
        ("expect: {fmot: open", "expct: {fmot: open", "'expct' is not a key of a step; expected"),
        ("fmot: open", "fmott: open", "3:63: 'fmott' is not a moment of this model; expected 'fm"),
        ("fmot: open", "fmot: opened", "3:63: 'opened' is not a state of a moment; expected 'open"),
        ("fmot: open", "fmot: 3", "3 is not a state; expected a word, such as met"),
        ("fmot: open", "fmot: {stat: open}", "'stat' is not a key of steps.expect.fmot; expected"),
        ("fmot: open", "fmot: open at noon", "'noon' is not an instant; expected a form like 0"),
        ("fmot: open", "fmot: {state: open, at: 9}", "3:83: expected a text, got a whole number"),
        ("fmot: open", "event: late", "'late' is not what an event may be; expected one of"),
        ("stage: decision", "stage: decisio", "'decisio' is not a stage of this model; expected"),
        ("alert fmot: firing", "alert fmot: fired", "'fired' is not a status of an alert;"),
        ("alert fmot: firing", "alert fmo: firing", "'fmo' is not a moment of this model"),
        ("alert fmot: firing", "event: refused", "there is no event in this step"),
        ('"+24h"', '"+24"', "4:8: '24' is not a duration; expected a number above 0 and a unit"),
        ('"+24h"', '"08:59"', "4:8: '08:59' is before the step above; expected steps in the order"),
        ('"+24h"', '"day 0 08:59"', "'day 0 08:59' is not an instant"),
        ('"+24h"', '"day 99999 09:00"', "day 99999 is too far away; expected at most day 9999"),
        ('"09:00"', "+1h", "'+1h' has no step before it; expected a form like 09:00"),
        ('"09:00"', "2026-13-01T00:00:00Z", "3:8: '2026-13-01T00:00:00Z' is not an instant"),
        ("event: Product Added, ", "", "'price' is not a key of a step; expected one of at, event"),
        ("event: Product Added, price: 20", "happened: '08:00'", "'happened' is about an event"),
        ("price: 20", "events: 20", "'events' is not a key of a step; expected 'event' (a field"),
        ("price: 20", "price: 20, price.x: 3", "'price.x' does not fit beside the other fields"),
        (", expect: {fmot: missed at day 2 09:00, alert fmot: firing}", "", "an empty step"),
        ("  steps:", "  subject: u42\n  steps:", "2:3: 'u42' is not a subject; expected such as"),
        ("- scenario: good", "- [good]", "not YAML"),
        ("fmot: open", "facts: 3", "3:63: 3 says no facts; expected {name: value}"),
        ("fmot: open", "facts: {prize: 3}", "3:71: 'prize' is not a fact of this model; expected"),
        ("fmot: open", "facts: {price: {atleast: 3}}", "'atleast' is not a key of steps.expect."),
        ("fmot: open", "scores: {love: 3}", "'love' is not a score of this model; expected one of"),
        ("price: 20", "who: ann", "3:43: `who` is for accounts; expected `subject: account:…`"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_place(was: str, becomes: str, says: str) -> None:
    assert GOOD.count(was) == 1, was
    message = error_of(GOOD.replace(was, becomes))
    assert says in message
    assert message.startswith("s.yaml:")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "s.yaml:1:1: not a list of scenarios; expected `- scenario: …`"),
        ("scenario: one", "s.yaml:1:1: not a list of scenarios"),
        ("- scenario: one\n  steps: []", "s.yaml:2:3: there is no step; expected at least one"),
        ("- scenario: one\n  steps: [now]", "s.yaml:2:11: 'now' is not a step; expected {at: …"),
        ("- one", "s.yaml:1:3: expected a mapping, got a text"),
        (GOOD + GOOD, "s.yaml:5:3: 'good' stands twice"),
    ],
)
def test_a_text_that_is_no_list_of_scenarios_is_refused(text: str, says: str) -> None:
    assert error_of(text).startswith(says)

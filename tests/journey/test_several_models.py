"""Several models at once: each takes what is for it, and has a life of its own."""

from __future__ import annotations

import pytest

from journey.engine import Engine
from journey.event import Event
from journey.instant import DAY
from journey.language import parse_model
from tests.journey.histories import SUBJECT

MODEL = """
model: {name}
version: 1.0.0
title: One of several
source: the tests
subject: {subject}
stages: [only]
signals: {{it: {{events: [{events}]}}}}
moments: {{m: {{title: M, opens: {{on: it}}, met: {{on: it}}}}}}
"""


def engine(first: tuple[str, str], second: tuple[str, str]) -> Engine:
    """Make the engine of the models `first` and `second`, each of a subject and an event."""
    named = {"first": first, "second": second}
    texts = [
        MODEL.format(name=name, subject=subject, events=events)
        for name, (subject, events) in named.items()
    ]
    return Engine([parse_model(text, "model.yaml") for text in texts])


def last_words(engine: Engine, subject: str, events: list[Event], clock: int) -> dict[str, str]:
    """Give the last word on the moment of each model that says one."""
    journey = engine.open(subject)
    said = [engine.step(journey, event, event.a) for event in events]
    said.append(engine.advance(journey, clock))
    return {one.model: one.to for part in said for one in part.transitions if one.moment}


@pytest.mark.parametrize(
    ("subject", "account", "heard"),
    [
        ("person:u", "account:acme", {"first"}),
        ("account:acme", "account:acme", {"second"}),
        ("person:u", None, {"first", "second"}),
    ],
)
def test_models_of_accounts_see_what_is_of_an_account_in_its_journey_and_no_other(
    subject: str, account: str | None, heard: set[str]
) -> None:
    both = engine(("person", "A"), ("account", "A"))
    event = Event(subject, "m1", 0, 0, "A", account=account)
    assert last_words(both, subject, [event], 0).keys() == heard


def test_a_life_ends_400_days_after_the_last_signal_of_its_model_whatever_others_hear() -> None:
    both = engine(("person", "A"), ("person", "B"))
    events = [Event(SUBJECT, "m1", 0, 0, "A"), Event(SUBJECT, "m2", DAY, DAY, "B")]
    assert last_words(both, SUBJECT, events, 400 * DAY) == {"first": "lapsed", "second": "open"}

"""The promise: moments are a function of the set of admitted events and the clock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.engine import Engine
from journey.errors import StateError
from journey.event import Event
from journey.instant import DAY
from journey.journey import Journey
from journey.language import parse_model
from journey.lines import ALWAYS, Activation
from journey.said import Alert, Said, Transition
from tests.journey.changing import FIRST, NEXT, THIRD
from tests.journey.histories import SECOND_MODEL, SUBJECT, histories, shipped
from tests.journey.oracle import Oracle

NOT_COMPARED = ("id", "revision", "from")
FOUR, SECOND = shipped("four-moments"), parse_model(SECOND_MODEL, "second.yaml")
ENGINES = [Engine([FOUR]), Engine([SECOND]), Engine([FOUR, SECOND])]
ENGINE = ENGINES[0]
VERSIONED = [
    Engine([FIRST, Activation(NEXT, 8 * DAY)]),
    Engine([NEXT, Activation(FIRST, 8 * DAY + 1), SECOND]),
    Engine([FIRST, Activation(NEXT, 2 * DAY), Activation(THIRD, 9 * DAY)]),
    Engine([SECOND, Activation(THIRD, 7 * DAY)]),
]

engines = st.sampled_from(ENGINES + VERSIONED)
later = st.sampled_from([0, 1, 5 * DAY, 40 * DAY, 500 * DAY])


class Listener:
    """Hears what the engine says, as a consumer of the topics would."""

    def __init__(self) -> None:
        self.transitions: list[Transition] = []
        self.alerts: dict[str, Alert] = {}

    def hear(self, said: Said) -> None:
        self.transitions += said.transitions
        self.alerts.update({alert.id: alert for alert in said.alerts})

    def last_words(self) -> dict[str, dict[str, Any]]:
        last = {one.instance: one for one in self.transitions}
        return {
            instance: _comparable(one) for instance, one in last.items() if one.to != "retracted"
        }

    def alert_facts(self) -> dict[str, tuple[object, ...]]:
        return {
            id_: (one.status, one.count, one.title, one.value, one.first_at, one.last_at)
            for id_, one in self.alerts.items()
            if one.count
        }


def _comparable(said: Transition) -> dict[str, Any]:
    form: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(said))
    return {name: value for name, value in form.items() if name not in NOT_COMPARED}


def _admitted(history: Iterable[Event]) -> list[Event]:
    return [event for event in history if ENGINE.refusal(event) is None]


def _in_order(engine: Engine, history: list[Event], clock: int) -> Listener:
    listener, journey = Listener(), engine.open(SUBJECT)
    for event in sorted(history, key=lambda one: (one.t, one.sequence, one.rank, one.message_id)):
        listener.hear(engine.step(journey, event, clock))
    listener.hear(engine.advance(journey, clock))
    return listener


def _expected(engine: Engine, history: list[Event], clock: int) -> dict[str, dict[str, Any]]:
    """Ask the oracle for each model alone: no model's moments depend on the others."""
    said: dict[str, dict[str, Any]] = {}
    for line in engine.lines:
        versions = [
            (model, None if stamp == ALWAYS else stamp)
            for model, stamp in zip(line.versions, line.stamps, strict=True)
        ]
        said |= Oracle(versions, engine.settings, SUBJECT).fold(history, clock)
    return said


def _final_clock(history: list[Event], later: int) -> int:
    return max((event.a for event in history), default=0) + later


@given(engines, histories(), later)
def test_in_order_the_engine_agrees_with_the_oracle(
    engine: Engine, history: list[Event], later: int
) -> None:
    clock = _final_clock(history, later)
    said = _in_order(engine, _admitted(history), clock).last_words()
    assert said == _expected(engine, history, clock)


@given(engines, histories(), later, st.data())
def test_any_order_and_any_handling_give_the_same_last_words(
    engine: Engine, history: list[Event], later: int, data: st.DataObject
) -> None:
    clock = _final_clock(history, later)
    admitted = _admitted(history)
    arriving = data.draw(_arrivals(admitted + admitted[::3]))
    listener, journey = Listener(), engine.open(SUBJECT)
    for at, event in enumerate(arriving):
        listener.hear(engine.step(journey, event, min(one.a for one in arriving[at:])))
        # The highest watermark that is still true: a cut may come as close as this.
        watermark = min((one.a for one in arriving[at + 1 :]), default=clock)
        journey = _handled(engine, journey, watermark, listener, data)
    listener.hear(engine.advance(journey, clock))
    assert listener.last_words() == _expected(engine, history, clock)
    assert listener.alert_facts() == _in_order(engine, admitted, clock).alert_facts()
    assert len({one.id for one in listener.transitions}) == len(listener.transitions)


def _arrivals(history: list[Event]) -> st.SearchStrategy[list[Event]]:
    """Any order, or the one in which things arrive: then the watermark follows close behind."""
    by_arrival = sorted(history, key=lambda event: event.a)
    return st.one_of(st.just(by_arrival), st.permutations(history))


def _handled(
    engine: Engine, journey: Journey, watermark: int, listener: Listener, data: st.DataObject
) -> Journey:
    """Do what a detector may do between two events."""
    what = data.draw(st.sampled_from(["cut", "cut and restart", "restart", "nothing", "tick"]))
    if what != "nothing":
        listener.hear(engine.advance(journey, watermark))
    if "cut" in what:
        engine.cut(journey)
    if "restart" in what:
        return engine.decode(SUBJECT, engine.encode(journey))
    return journey


@given(engines, histories(), st.data())
def test_a_clock_ahead_of_the_events_is_corrected_by_them(
    engine: Engine, history: list[Event], data: st.DataObject
) -> None:
    clock = _final_clock(history, 5 * DAY)
    listener, journey = Listener(), engine.open(SUBJECT)
    for event in data.draw(st.permutations(_admitted(history))):
        listener.hear(engine.step(journey, event, data.draw(st.integers(0, clock))))
        if data.draw(st.booleans()):
            listener.hear(engine.advance(journey, 0))
    listener.hear(engine.advance(journey, clock))
    assert listener.last_words() == _expected(engine, history, clock)


@given(engines, histories())
def test_encoded_state_decodes_to_itself(engine: Engine, history: list[Event]) -> None:
    journey = engine.open(SUBJECT)
    for event in _admitted(history):
        engine.step(journey, event, event.a)
        engine.advance(journey, event.a)
    state = engine.encode(journey)
    assert engine.encode(engine.decode(SUBJECT, state)) == state


def test_state_is_read_under_the_models_it_was_written_under_only() -> None:
    state = ENGINES[0].encode(ENGINES[0].open(SUBJECT))
    with pytest.raises(StateError, match="written under other models than four-moments"):
        ENGINES[2].decode(SUBJECT, state)


def test_the_clock_of_a_journey_never_goes_back() -> None:
    journey = ENGINE.open(SUBJECT)
    cart = Event(SUBJECT, "m1", 0, 0, "Product Added", fields={})
    ENGINE.step(journey, cart, 0)
    assert [one.to for one in ENGINE.advance(journey, 2 * DAY).transitions] == ["missed"]
    late = Event(SUBJECT, "m2", 1, DAY, "Payment Failed", fields={})
    assert not ENGINE.step(journey, late, DAY)
    said = ENGINE.advance(journey, DAY)
    assert [(one.from_, one.to) for one in said.transitions] == [("missed", "missed")]
    assert not ENGINE.advance(journey, DAY)
    assert journey.clock == 2 * DAY


def test_copies_stamped_alike_may_each_mean_something_to_another_model() -> None:
    """A counter-example that Hypothesis found: both stand in the history, at one time and id."""
    engine = ENGINES[2]
    view = Event(SUBJECT, "m0", 0, 0, "Product Viewed", rank=1)
    answer = Event(SUBJECT, "m0", 0, 0, "CSAT Responded", fields={"properties.score": 3})
    for first, second in ((view, answer), (answer, view)):
        journey, listener = engine.open(SUBJECT), Listener()
        for event in (first, second, first):
            listener.hear(engine.step(journey, event, 0))
            listener.hear(engine.advance(journey, 0))
            journey = engine.decode(SUBJECT, engine.encode(journey))
        assert listener.last_words() == _expected(engine, [view, answer], 0)

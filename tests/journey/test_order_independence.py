"""The promise: moments are a function of the set of admitted events and the clock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from journey.engine import Engine, EngineSettings
from journey.event import Event
from journey.instant import DAY
from journey.journey import Journey
from journey.said import Alert, Said, Transition
from tests.journey.histories import SUBJECT, histories, shipped
from tests.journey.oracle import Oracle

MODEL = shipped("four-moments")
ENGINE = Engine([MODEL])
NOT_COMPARED = ("id", "revision", "from")


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


def _in_order(history: list[Event], clock: int) -> Listener:
    listener, journey = Listener(), ENGINE.open(SUBJECT)
    for event in sorted(history, key=lambda one: (one.t, one.sequence, one.rank, one.message_id)):
        listener.hear(ENGINE.step(journey, event, clock))
    listener.hear(ENGINE.advance(journey, clock))
    return listener


def _final_clock(history: list[Event], later: int) -> int:
    return max((event.a for event in history), default=0) + later


later = st.sampled_from([0, 1, 5 * DAY, 40 * DAY, 500 * DAY])


@given(histories(), later)
def test_in_order_the_engine_agrees_with_the_oracle(history: list[Event], later: int) -> None:
    clock = _final_clock(history, later)
    expected = Oracle(MODEL, EngineSettings(), SUBJECT).fold(history, clock)
    assert _in_order(_admitted(history), clock).last_words() == expected


@given(histories(), later, st.data())
def test_any_order_and_any_handling_give_the_same_last_words(
    history: list[Event], later: int, data: st.DataObject
) -> None:
    clock = _final_clock(history, later)
    admitted = _admitted(history)
    arriving = data.draw(_arrivals(admitted + admitted[::3]))
    listener, journey = Listener(), ENGINE.open(SUBJECT)
    for at, event in enumerate(arriving):
        listener.hear(ENGINE.step(journey, event, min(one.a for one in arriving[at:])))
        # The highest watermark that is still true: a cut may come as close as this.
        watermark = min((one.a for one in arriving[at + 1 :]), default=clock)
        journey = _handled(journey, watermark, listener, data)
    listener.hear(ENGINE.advance(journey, clock))
    expected = Oracle(MODEL, EngineSettings(), SUBJECT).fold(history, clock)
    assert listener.last_words() == expected
    assert listener.alert_facts() == _in_order(admitted, clock).alert_facts()
    assert len({one.id for one in listener.transitions}) == len(listener.transitions)


def _arrivals(history: list[Event]) -> st.SearchStrategy[list[Event]]:
    """Any order, or the one in which things arrive: then the watermark follows close behind."""
    by_arrival = sorted(history, key=lambda event: event.a)
    return st.one_of(st.just(by_arrival), st.permutations(history))


def _handled(journey: Journey, watermark: int, listener: Listener, data: st.DataObject) -> Journey:
    """Do what a detector may do between two events."""
    what = data.draw(
        st.sampled_from(
            ["tick and cut", "tick, cut and restart", "cut and restart", "nothing", "tick"]
        )
    )
    if "tick" in what:
        listener.hear(ENGINE.advance(journey, watermark))
    if "cut" in what:
        ENGINE.cut(journey)
    if "restart" in what:
        return ENGINE.decode(SUBJECT, ENGINE.encode(journey))
    return journey


@given(histories(), st.data())
def test_a_clock_ahead_of_the_events_is_corrected_by_them(
    history: list[Event], data: st.DataObject
) -> None:
    clock = _final_clock(history, 5 * DAY)
    listener, journey = Listener(), ENGINE.open(SUBJECT)
    for event in data.draw(st.permutations(_admitted(history))):
        listener.hear(ENGINE.step(journey, event, data.draw(st.integers(0, clock))))
    listener.hear(ENGINE.advance(journey, clock))
    expected = Oracle(MODEL, EngineSettings(), SUBJECT).fold(history, clock)
    assert listener.last_words() == expected


@given(histories())
def test_encoded_state_decodes_to_itself(history: list[Event]) -> None:
    journey = ENGINE.open(SUBJECT)
    for event in _admitted(history):
        ENGINE.step(journey, event, event.a)
    state = ENGINE.encode(journey)
    assert ENGINE.encode(ENGINE.decode(SUBJECT, state)) == state


def test_the_clock_of_a_journey_never_goes_back() -> None:
    journey = ENGINE.open(SUBJECT)
    cart = Event(SUBJECT, "m1", 0, 0, "Product Added", fields={})
    ENGINE.step(journey, cart, 0)
    assert [one.to for one in ENGINE.advance(journey, 2 * DAY).transitions] == ["missed"]
    late = Event(SUBJECT, "m2", 1, DAY, "Payment Failed", fields={})
    said = ENGINE.step(journey, late, DAY)
    assert [(one.from_, one.to) for one in said.transitions] == [("missed", "missed")]
    assert not ENGINE.advance(journey, DAY)
    assert journey.clock == 2 * DAY

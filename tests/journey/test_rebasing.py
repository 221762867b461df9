"""A journey folded on from its base says what one that was folded whole says."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.instant import DAY, parse_instant
from journey.replaying import fold, last_words
from journey.said import Alert, Transition
from tests import properties
from tests.journey.histories import SUBJECT, histories
from tests.journey.setups import SETUPS, Setup


@pytest.mark.parametrize("kind", SETUPS)
def test_from_its_base_a_journey_says_what_it_says_whole(kind: str) -> None:
    properties.of_many()(given(SETUPS[kind], st.data())(_says_the_same))()


def _says_the_same(setup: Setup, data: st.DataObject) -> None:
    engine = setup.engine
    drawn = [one for one in data.draw(histories(setup.vocabulary)) if not engine.refusal(one)]
    history = sorted(drawn, key=lambda event: event.a)
    clock = max((event.a for event in history), default=0)
    clock += data.draw(st.sampled_from([0, 1, 5 * DAY, 40 * DAY, 500 * DAY]))
    come = data.draw(st.integers(0, len(history)))
    journey = engine.open(SUBJECT)
    for at, event in enumerate(history[:come]):
        engine.step(journey, event, event.a)
        if data.draw(st.booleans()):
            engine.advance(journey, min(one.a for one in [*history[at + 1 :], event]))
            engine.cut(journey)
    engine.advance(journey, min((one.a for one in history[come:]), default=clock))
    engine.cut(journey)
    based = engine.from_base(engine.decode(SUBJECT, engine.encode(journey)))
    since = [event for event in history if event.t >= based.limit]
    said = [*based.words, *fold(engine, based.journey, since, clock).transitions]
    whole = engine.open(SUBJECT)
    everything = fold(engine, whole, history, clock).transitions
    expected = {word.instance: word for word in _essence(everything)}
    found = {word.instance: word for word in _essence(said)}
    assert found.items() <= expected.items()
    settled = expected.keys() - found.keys()
    assert all(parse_instant(expected[instance].at) < based.limit for instance in settled)
    wanted = {alert.id: _without_log(alert) for alert in engine.alerts(whole)}
    alerts = {alert.id: _without_log(alert) for alert in engine.alerts(based.journey)}
    assert alerts.items() <= wanted.items()
    forgotten = wanted.keys() - alerts.keys()
    assert all(wanted[id_].status == "resolved" for id_ in forgotten)
    shown, whole_view = engine.view(based.journey), engine.view(whole)
    assert shown["next_deadline"] == whole_view["next_deadline"]
    assert shown["models"] == whole_view["models"]


def _essence(words: list[Transition]) -> list[Transition]:
    plain = {"id": "", "revision": 0, "from_": None}
    return [msgspec.structs.replace(word, **plain) for word in last_words(words).values()]


def _without_log(alert: Alert) -> Alert:
    return msgspec.structs.replace(alert, history=())

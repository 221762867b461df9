"""What is compared of a public journey is as the detector writes it, whatever the order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.engine import Engine
from journey.event import Event
from journey.instant import DAY
from journey.replaying import fold
from journey.view import outline
from tests import properties
from tests.journey.histories import SUBJECT, histories, shipped
from tests.journey.setups import SETUPS, Setup
from touchstone.comparingviews import compare_view


@pytest.mark.parametrize("kind", SETUPS)
def test_the_last_message_says_what_the_fold_says(kind: str) -> None:
    properties.of_many()(given(SETUPS[kind], st.data())(_says_the_same))()


def _says_the_same(setup: Setup, data: st.DataObject) -> None:
    engine = setup.engine
    drawn = [one for one in data.draw(histories(setup.vocabulary)) if not engine.refusal(one)]
    arriving = data.draw(st.one_of(st.just(drawn), st.permutations(drawn)))
    clock = max((event.a for event in drawn), default=0)
    clock += data.draw(st.sampled_from([0, 1, 5 * DAY, 40 * DAY, 500 * DAY]))
    journey, said = engine.open(SUBJECT), False
    written: dict[str, Any] | None = None
    deadline: str | None = None
    for at, event in enumerate([*arriving, None]):
        if event is not None:
            said |= bool(engine.step(journey, event, min(one.a for one in arriving[at:])))
            if data.draw(st.booleans()):
                continue
        watermark = min((one.a for one in arriving[at + 1 :]), default=clock)
        said |= bool(engine.advance(journey, watermark))
        if said or outline(journey) != deadline:
            written = engine.view(journey)
        said, deadline = False, outline(journey)
        engine.cut(journey)
    whole = engine.open(SUBJECT)
    fold(engine, whole, drawn, clock)
    expected = engine.view(whole) if whole.live.parts else None
    assert compare_view(SUBJECT, expected, written).sentences == []


def test_an_outline_tells_that_a_late_event_makes_a_life_go_on_without_a_word() -> None:
    """A counter-example that Hypothesis found: the stage that had gone with the life was missed."""
    engine = Engine([shipped("four-moments")])
    journey = engine.open(SUBJECT)
    engine.step(journey, Event(SUBJECT, "m1", 0, 0, "Product Viewed"), 0)
    engine.advance(journey, 401 * DAY)
    ended = outline(journey)
    engine.step(journey, Event(SUBJECT, "m2", 399 * DAY, 402 * DAY, "Product Viewed"), 402 * DAY)
    assert not engine.advance(journey, 402 * DAY).transitions
    assert outline(journey) != ended

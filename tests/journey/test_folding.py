"""How often a journey folds, and what it keeps: the moments are the same either way."""

from __future__ import annotations

import pytest

from journey.engine import Engine
from journey.event import Event, Fields
from journey.folding import CUT_AT_LEAST
from journey.instant import DAY, HOUR
from journey.language import parse_model
from journey.rules import Rules
from tests.journey.histories import SUBJECT, shipped

ENGINE = Engine([shipped("four-moments")])


def view(n: int, hour: int, delay: int = 0) -> Event:
    t = hour * HOUR
    return Event(SUBJECT, f"m{n:05}", t, t + delay, "Product Viewed")


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the signals, as often as they are folded."""
    seen: list[str] = []
    apply = Rules.apply

    def counting(self: Rules, fold: object, entry: object, said: object) -> None:
        seen.append(entry.message_id)  # type: ignore[attr-defined]
        apply(self, fold, entry, said)  # type: ignore[arg-type]

    monkeypatch.setattr(Rules, "apply", counting)
    return seen


def test_in_order_a_signal_is_folded_once(applied: list[str]) -> None:
    journey = ENGINE.open(SUBJECT)
    for n in range(100):
        ENGINE.step(journey, view(n, n), n * HOUR)
    assert len(applied) == 100


def test_many_signals_out_of_order_are_folded_again_once(applied: list[str]) -> None:
    journey = ENGINE.open(SUBJECT)
    for n in reversed(range(1_000)):
        ENGINE.step(journey, view(n, 0), 0)
    ENGINE.advance(journey, 0)
    assert len(applied) <= 1_001


def test_a_late_signal_is_folded_from_a_checkpoint_near_it(applied: list[str]) -> None:
    journey = ENGINE.open(SUBJECT)
    for n in range(100):
        ENGINE.step(journey, view(n, n), n * HOUR)
    applied.clear()
    ENGINE.step(journey, view(999, 90, delay=10 * HOUR), 100 * HOUR)
    ENGINE.advance(journey, 100 * HOUR)
    assert len(applied) < 20


def test_what_lies_under_the_horizon_is_kept_as_a_fold_only() -> None:
    journey = ENGINE.open(SUBJECT)
    for n in range(300):
        ENGINE.step(journey, view(n, n), n * HOUR)
        ENGINE.cut(journey)
    assert 7 * 24 + 1 <= len(journey.history.entries) < 7 * 24 + 1 + CUT_AT_LEAST
    assert len(journey.spoken) < 5


def test_a_quiet_journey_settles_what_its_clock_has_decided() -> None:
    journey = ENGINE.open(SUBJECT)
    for n in range(3):
        ENGINE.step(journey, view(n, n), n * HOUR)
    ENGINE.advance(journey, 8 * DAY)
    ENGINE.cut(journey)
    assert len(journey.spoken) == 2
    ENGINE.advance(journey, 30 * DAY)
    ENGINE.cut(journey)
    assert [spoken.word.kind for spoken in journey.spoken.values()] == ["stage"]


KEYED = """
model: keyed
version: 0.1.0
title: An alert a key
source: the tests
stages: [all]
keys: {order: properties.order_id}
signals:
  bought: {events: Order Completed}
  answer: {events: CSAT Responded}
moments:
  promise:
    title: Kept
    key: order
    opens: {on: bought}
    met: {on: answer}
    alert:
      open: {severity: info, title: "Order {key}", resolves-after: 7d}
"""


def test_an_alert_resolves_by_age_also_when_the_one_before_it_was_resolved_sooner() -> None:
    engine = Engine([parse_model(KEYED, "keyed.yaml")])
    journey = engine.open(SUBJECT)
    for day, name, order in (
        (0, "Order Completed", "o1"),
        (1, "Order Completed", "o2"),
        (2, "CSAT Responded", "o1"),
    ):
        fields: Fields = {"properties.order_id": order}
        event = Event(SUBJECT, f"m{day}", day * DAY, day * DAY, name, fields=fields)
        engine.step(journey, event, day * DAY)
    assert not engine.advance(journey, 8 * DAY - 1)
    assert engine.due(journey) == 8 * DAY
    (alert,) = engine.advance(journey, 8 * DAY).alerts
    assert (alert.key, alert.status) == ("o2", "resolved")


TELLING = """
model: telling
version: 0.1.0
title: What was known
source: the tests
stages: [all]
signals:
  look: {events: Product Viewed}
  bought: {events: Order Completed}
facts:
  rated: {latest: properties.rating, of: look}
moments:
  promise: {title: Kept, opens: {on: bought}, met: {on: look, within: 9d}, tells: [rated]}
"""


def test_a_late_event_that_makes_a_fact_true_instead_of_1_is_said() -> None:
    engine = Engine([parse_model(TELLING, "telling.yaml")])
    journey = engine.open(SUBJECT)
    one: Fields = {"properties.rating": 1}
    yes: Fields = {"properties.rating": True}
    engine.step(journey, Event(SUBJECT, "m1", 0, 0, "Product Viewed", fields=one), 9)
    engine.step(journey, Event(SUBJECT, "m3", 2, 2, "Order Completed"), 9)
    engine.step(journey, Event(SUBJECT, "m2", 1, 9, "Product Viewed", fields=yes), 9)
    said = engine.advance(journey, 9).transitions
    assert [(word.to, word.facts["rated"]) for word in said] == [("open", True)]
    assert said[0].facts["rated"] is True


def test_what_came_before_a_pause_is_cut_without_folding_it_again(applied: list[str]) -> None:
    journey = ENGINE.open(SUBJECT)
    for n, hour in enumerate((0, 1, 2, 30 * 24, 30 * 24 + 1)):
        ENGINE.step(journey, view(n, hour), hour * HOUR)
        ENGINE.cut(journey)
    assert len(applied) == 5
    assert [entry.message_id for entry in journey.history.entries] == ["m00003", "m00004"]


def test_a_signal_before_a_deadline_that_a_pause_has_seen_folds_again_from_before_it() -> None:
    late = view(9, 20 * 24, delay=10 * DAY)
    journey, other = ENGINE.open(SUBJECT), ENGINE.open(SUBJECT)
    for n, day in enumerate((0, 0, 0, 18, 19, 27)):
        ENGINE.step(journey, view(n, day * 24 + n), day * DAY + n * HOUR)
        ENGINE.step(other, view(n, day * 24 + n), 0)
    ENGINE.step(journey, late, 27 * DAY + 6 * HOUR)
    ENGINE.advance(journey, 27 * DAY + 6 * HOUR)
    ENGINE.step(other, late, 27 * DAY + 6 * HOUR)
    ENGINE.advance(other, 27 * DAY + 6 * HOUR)
    assert journey.live.words == other.live.words


def test_what_was_settled_at_a_cut_is_not_said_again_when_later_folds_are_gone_back_to() -> None:
    engine = Engine([parse_model(TELLING, "telling.yaml")])
    journey = engine.open(SUBJECT)
    for n, (hour, name) in enumerate(
        (
            (0, "Order Completed"),
            (1, "Product Viewed"),
            (5 * 24, "Product Viewed"),
            (5 * 24 + 10, "Product Viewed"),
            (8 * 24, "Product Viewed"),
        )
    ):
        engine.step(journey, Event(SUBJECT, f"m{n}", hour * HOUR, hour * HOUR, name), hour * HOUR)
    engine.cut(journey)
    assert [spoken.word.kind for spoken in journey.spoken.values()] == ["stage"]
    late = Event(SUBJECT, "m9", 6 * DAY, 8 * DAY + HOUR, "Product Viewed")
    engine.step(journey, late, 8 * DAY + HOUR)
    assert not engine.advance(journey, 8 * DAY + HOUR)


HASTE = """
model: haste
version: 0.1.0
title: An answer within hours
source: the tests
stages: [all]
signals:
  look: {events: Product Viewed}
  bought: {events: Order Completed}
moments:
  promise: {title: Kept, opens: {on: look}, met: {on: bought, within: 4h}}
"""


def test_a_fold_that_fired_what_a_late_signal_has_undone_is_not_gone_back_to() -> None:
    engine = Engine([parse_model(HASTE, "haste.yaml")])
    journey, other = engine.open(SUBJECT), engine.open(SUBJECT)
    came = [view(n, 0) for n in range(3)]  # after so many these tests keep a fold
    came += [view(40, 9)]  # after the deadline at 4:00 and a pause: two folds of as many signals
    came += [Event(SUBJECT, "m41", 3 * HOUR, 10 * HOUR, "Order Completed"), view(42, 6, 4 * HOUR)]
    for event in came:
        for clock in (event.a - HOUR, event.a):
            engine.advance(journey, clock)
        engine.step(journey, event, event.a)
        engine.advance(journey, event.a)
        engine.step(other, event, 0)
    engine.advance(other, journey.clock)
    assert journey.live.words == other.live.words

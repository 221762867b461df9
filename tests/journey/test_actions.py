"""What operators do about alerts: what is accepted, what it changes, and how long that holds."""

from __future__ import annotations

from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.actions import LONGEST_SNOOZE, MOST_COMMENTS, Action
from journey.engine import Engine, EngineSettings
from journey.errors import NoSuchAlert
from journey.event import Event
from journey.instant import DAY, HOUR
from journey.journey import Journey
from journey.language import parse_model
from journey.said import Alert, AlertStatus
from tests import properties
from tests.journey.histories import SUBJECT, histories
from tests.journey.setups import SETUPS, Setup
from tests.journey.timeline import Timeline, instant

PROMISE = """
model: keeping
version: 0.1.0
title: What was promised
source: the tests
stages: [all]
signals:
  asked: {events: Form Submitted}
  answered: {events: CSAT Responded}
  trouble: {events: Payment Failed}
moments:
  answer:
    title: An answer in time
    opens: {on: asked}
    at-risk: {on: trouble}
    met: {on: answered, within: 2d}
    alert:
      at_risk: {severity: warning, title: "Soon", resolves-after: 3d}
      missed: {severity: critical, title: "Missed", resolves-after: 3d}
"""
ENGINE = Engine([parse_model(PROMISE, "keeping.yaml")])


class Desk(Timeline):
    """A timeline in which operators act on the one alert of the moment."""

    def __init__(self) -> None:
        super().__init__(ENGINE)
        self._actions = count(1)

    def act(self, when: str, name: str, by: str = "ann", **wanted: Any) -> Alert:
        """Act on the alert in the status it has, unless `seen` says otherwise."""
        self.clock(when)
        alert = self.alert("answer")
        fields: dict[str, Any] = {"id": f"a{next(self._actions)}", "alert": alert.id}
        fields |= {"seen": alert.status, "subject": SUBJECT, "name": name, "by": by} | wanted
        said = self.engine.act(self.journey, Action(at=instant(when), **fields))
        if said is not None:
            self.alerts[said.id] = said
        return self.alert("answer")

    def restart(self) -> None:
        """Read the journey again from its encoded state, cut."""
        self.engine.cut(self.journey)
        self.journey = self.engine.decode(SUBJECT, self.engine.encode(self.journey))

    @property
    def status(self) -> str:
        return self.alert("answer").status

    @property
    def lines(self) -> list[str]:
        return [f"{one.status}: {one.reason}" for one in self.alert("answer").history]


def fired() -> Desk:
    """Give the desk of a customer whose answer is missed on day 2."""
    desk = Desk()
    desk.at("0.00:00", "Form Submitted")
    desk.clock("2.00:00")
    assert desk.status == "firing"
    return desk


def test_an_acknowledged_alert_tells_who_has_it_in_hand() -> None:
    desk = fired()
    alert = desk.act("2.01:00", "acknowledge")
    assert alert.status == "acknowledged"
    outcome = alert.history[-1].action
    assert outcome is not None
    assert (outcome.id, outcome.by, outcome.accepted) == ("a1", "ann", True)
    assert desk.lines == ["firing: answer missed", "acknowledged: ann acknowledged it"]


def test_of_two_operators_at_once_the_second_is_told_what_the_first_did() -> None:
    desk = fired()
    desk.act("2.01:00", "acknowledge", by="ann", seen="firing")
    alert = desk.act("2.01:00", "resolve", by="ben", seen="firing")
    assert alert.status == "acknowledged"
    outcome = alert.history[-1].action
    assert outcome is not None
    assert (outcome.by, outcome.accepted) == ("ben", False)
    assert alert.history[-1].reason == "the alert is acknowledged by now, and ben saw it firing"


def test_an_action_that_comes_twice_counts_once() -> None:
    desk = fired()
    once = desk.act("2.01:00", "comment", id="c1", text="Called.")
    desk.restart()
    again = desk.act("2.02:00", "comment", id="c1", text="Called.")
    assert again == once
    assert [comment.text for comment in again.comments] == ["Called."]


def test_a_refused_action_that_comes_twice_is_refused_once() -> None:
    desk = fired()
    once = desk.act("2.01:00", "resolve", id="r1", seen="snoozed")
    assert desk.act("2.02:00", "resolve", id="r1", seen="snoozed") == once


def test_a_snoozed_alert_fires_again_at_its_time() -> None:
    desk = fired()
    alert = desk.act("2.01:00", "snooze", until=instant("3.00:00"))
    assert (alert.status, alert.snoozed_until) == ("snoozed", "1970-01-04T00:00:00Z")
    desk.restart()
    assert desk.engine.due(desk.journey) == instant("3.00:00")
    desk.clock("2.23:59")
    assert desk.status == "snoozed"
    desk.clock("3.00:00")
    assert desk.status == "firing"
    assert desk.lines[-1] == "firing: the snooze is over"
    assert desk.alert("answer").snoozed_until is None
    desk.clock("5.23:59")
    assert desk.status == "firing"
    desk.clock("6.00:00")
    assert desk.lines[-1] == "resolved: nobody resolved it in time"


def test_an_acknowledged_alert_resolves_by_age_counted_from_the_acknowledgement() -> None:
    desk = fired()
    desk.act("3.00:00", "acknowledge")
    desk.clock("5.23:59")
    assert desk.status == "acknowledged"
    desk.clock("6.00:00")
    assert desk.lines[-1] == "resolved: nobody resolved it in time"


@pytest.mark.parametrize("name", ["acknowledge", "snooze"])
def test_another_instance_does_not_fire_an_alert_that_somebody_has_in_hand(name: str) -> None:
    desk = fired()
    desk.act("2.01:00", name, until=instant("5.00:00") if name == "snooze" else None)
    desk.at("2.02:00", "Form Submitted")
    desk.clock("4.02:00")
    assert desk.status in {"acknowledged", "snoozed"}
    assert desk.alert("answer").count == 2


def test_what_fires_after_an_acknowledgement_has_worn_out_fires_the_alert_again() -> None:
    desk = fired()
    desk.act("2.01:00", "acknowledge")
    desk.at("2.12:00", "Form Submitted")
    desk.clock("4.12:00")
    assert desk.status == "acknowledged"
    desk.at("4.13:00", "Form Submitted")
    desk.clock("6.13:00")
    assert desk.status == "firing"


def test_an_alert_resolved_by_hand_fires_again_with_the_next_instance() -> None:
    desk = fired()
    assert desk.act("2.01:00", "resolve").status == "resolved"
    desk.restart()
    desk.clock("2.02:00")
    assert desk.status == "resolved"
    desk.at("2.03:00", "Form Submitted")
    assert desk.status == "resolved"
    desk.clock("4.03:00")
    assert desk.status == "firing"
    assert desk.alert("answer").count == 2


def test_an_instance_that_goes_from_at_risk_to_missed_stays_acknowledged() -> None:
    desk = Desk()
    desk.at("0.00:00", "Form Submitted")
    desk.at("1.00:00", "Payment Failed")
    desk.act("1.01:00", "acknowledge")
    desk.clock("2.00:00")
    assert (desk.status, desk.alert("answer").severity) == ("acknowledged", "critical")


def test_the_moment_resolves_an_acknowledged_alert_and_the_next_one_fires_it() -> None:
    desk = Desk()
    desk.at("0.00:00", "Form Submitted")
    desk.at("0.01:00", "Payment Failed")
    desk.act("0.02:00", "acknowledge")
    desk.at("0.03:00", "CSAT Responded")
    assert desk.lines[-1] == "resolved: the moment was met"
    desk.at("0.04:00", "Form Submitted")
    desk.at("0.05:00", "Payment Failed")
    assert desk.status == "firing"


def test_a_replacement_in_one_fold_keeps_acknowledgement_and_comments() -> None:
    desk = fired()
    desk.act("2.01:00", "acknowledge")
    desk.act("2.01:00", "comment", text="Called.")
    instances = {word.instance for word in desk.said if word.moment == "answer"}
    desk.at("0.00:00", "Form Submitted", mine="m0", arrives="2.02:00")  # it opened by another
    words = [word for word in desk.said if word.moment == "answer"]
    assert words[-1].to == "missed"
    assert words[-1].instance not in instances
    assert desk.status == "acknowledged"
    assert [comment.text for comment in desk.alert("answer").comments] == ["Called."]


def test_when_nothing_stands_of_what_was_acknowledged_the_next_instance_fires_the_alert() -> None:
    desk = fired()
    desk.act("2.01:00", "acknowledge")
    desk.at("1.00:00", "CSAT Responded", arrives="2.02:00")
    assert desk.status == "resolved"
    desk.at("2.03:00", "Form Submitted")
    desk.at("2.04:00", "Payment Failed")
    assert desk.status == "firing"


def test_who_is_assigned_stays_until_another_is() -> None:
    desk = fired()
    assert desk.act("2.01:00", "assign", assignee="ben").assignee == "ben"
    assert desk.lines[-1] == "firing: ann assigned it to ben"
    assert desk.act("2.02:00", "assign", assignee="cleo").assignee == "cleo"
    again = desk.act("2.03:00", "assign", assignee="cleo")
    assert desk.lines[-1] == "firing: the alert is assigned to cleo already"
    assert again.assignee == "cleo"


def test_comments_are_taken_whatever_the_status_and_the_latest_are_kept() -> None:
    desk = fired()
    desk.act("2.01:00", "resolve")
    for nth in range(MOST_COMMENTS + 1):
        alert = desk.act("2.02:00", "comment", text=f"{nth}", seen="firing")
    assert [comment.text for comment in alert.comments] == [
        str(nth) for nth in range(1, MOST_COMMENTS + 1)
    ]


def test_the_history_is_bounded_and_keeps_what_the_alert_stands_by() -> None:
    desk = fired()
    desk.act("2.01:00", "assign", assignee="ben")
    desk.act("2.01:00", "acknowledge")
    for nth in range(40):
        alert = desk.act("2.02:00", "comment", text=f"{nth}")
    assert len(alert.history) == 22
    names = [line.action.name for line in alert.history if line.action]
    assert names[:3] == ["assign", "acknowledge", "comment"]


REFUSED: list[tuple[str, str, dict[str, Any], str]] = [
    ("acknowledge", "acknowledge", {}, "the alert is acknowledged already"),
    ("resolve", "resolve", {}, "the alert is resolved already; it fires again by itself"),
    ("resolve", "assign", {"assignee": "ben"}, "the alert is resolved already"),
    ("comment", "snooze", {"until": instant("2.01:00")}, "a snooze must end in the future"),
    (
        "comment",
        "snooze",
        {"until": instant("2.01:00") + LONGEST_SNOOZE + 1},
        "a snooze lasts at most 30 days",
    ),
    ("acknowledge", "resolve", {"seen": "firing"}, "the alert is acknowledged by now"),
]


@pytest.mark.parametrize(("first", "then", "wanted", "why"), REFUSED)
def test_what_cannot_be_done_is_refused_with_a_reason(
    first: str, then: str, wanted: dict[str, Any], why: str
) -> None:
    desk = fired()
    before = desk.act("2.01:00", first, text="Seen.")
    after = desk.act("2.01:00", then, **wanted)
    assert after.history[-1].reason.startswith(why)
    assert after.history[-1].action is not None
    assert not after.history[-1].action.accepted
    assert msgspec.structs.replace(after, history=()) == msgspec.structs.replace(before, history=())


def test_there_is_no_acting_on_an_alert_that_is_not_there() -> None:
    desk = fired()
    with pytest.raises(NoSuchAlert, match="person:u1 has no alert nope"):
        desk.act("2.01:00", "resolve", alert="nope")


def test_an_alert_that_is_final_is_forgotten_but_for_its_count() -> None:
    desk = fired()
    desk.clock("5.00:00")
    desk.clock("12.00:00")
    desk.restart()
    (state,) = desk.journey.alerts.values()
    assert state.said is not None  # resolved on day 5, which may still change
    desk.clock("12.00:01")
    desk.restart()
    (state,) = desk.journey.alerts.values()
    assert state.said is None
    desk.at("13.00:00", "Form Submitted")
    desk.clock("15.00:00")
    desk.restart()
    assert (desk.status, desk.alert("answer").count) == ("firing", 2)
    assert desk.alert("answer").first_at == "1970-01-03T00:00:00Z"


def test_an_alert_that_stands_is_never_forgotten() -> None:
    desk = fired()
    desk.act("2.01:00", "snooze", until=instant("30.00:00"))
    for day in range(3, 30):
        desk.clock(f"{day}.00:00")
        desk.restart()
    assert desk.engine.view(desk.journey)["alerts"][0]["status"] == "snoozed"
    desk.clock("30.00:00")
    assert desk.status == "firing"


def test_what_was_done_belongs_to_one_life_of_the_customer() -> None:
    desk = fired()
    desk.act("2.01:00", "assign", assignee="ben")
    desk.act("2.01:00", "comment", text="Called.")
    desk.clock("410.00:00")
    desk.at("411.00:00", "Form Submitted")
    desk.clock("413.00:00")
    alert = desk.alert("answer")
    assert (alert.status, alert.count, alert.assignee) == ("firing", 1, None)
    assert alert.comments == ()


def test_an_alert_counts_anew_when_a_late_event_joins_two_lives_of_the_customer() -> None:
    engine = Engine([parse_model(PROMISE, "keeping.yaml")], EngineSettings(known_life=30 * DAY))
    desk = Timeline(engine)
    desk.at("0.00:00", "Form Submitted")
    desk.at("30.01:00", "Form Submitted")
    desk.clock("32.02:00")
    assert desk.alert("answer").count == 1
    desk.at("29.00:00", "Payment Failed", arrives="32.03:00")
    assert (desk.alert("answer").count, desk.alert("answer").first_at[:10]) == (2, "1970-01-03")


def test_what_is_retracted_in_a_new_life_leaves_the_alert_of_the_life_before() -> None:
    desk = fired()
    desk.clock("409.00:00")
    desk.at("411.00:00", "Form Submitted", mine="copied")
    desk.at("410.20:00", "CSAT Responded", mine="copied", arrives="411.01:00")
    assert desk.words("answer")[-1] == "retracted"
    assert (desk.status, desk.alert("answer").count) == ("resolved", 1)


def test_a_firing_that_is_withdrawn_leaves_the_alert_that_was_final_before_it() -> None:
    desk = fired()
    desk.clock("20.00:00")
    desk.restart()
    desk.at("21.00:00", "Form Submitted")
    desk.clock("23.00:00")
    assert (desk.status, desk.alert("answer").count) == ("firing", 2)
    desk.at("22.00:00", "CSAT Responded", arrives="23.01:00")
    assert (desk.status, desk.alert("answer").count) == ("resolved", 1)


NAMES = ["acknowledge", "snooze", "assign", "resolve", "comment"]
SEEN: list[AlertStatus] = ["firing", "acknowledged", "snoozed", "resolved"]


class Floor:
    """Operators who act on whatever alerts there are, and hear what is said of them."""

    def __init__(self, engine: Engine, data: st.DataObject) -> None:
        self.alerts: dict[str, Alert] = {}
        self._engine = engine
        self._data = data
        self._ids = count(1)

    def hear(self, alerts: list[Alert]) -> None:
        self.alerts.update({alert.id: alert for alert in alerts})

    def act(self, journey: Journey) -> None:
        """Do something about one alert, often in the status that it has."""
        if not self.alerts or not self._data.draw(st.booleans()):
            return
        alert = self.alerts[self._data.draw(st.sampled_from(sorted(self.alerts)))]
        at = journey.clock + self._data.draw(st.sampled_from([-HOUR, 0, HOUR]))
        action = Action(
            id=f"a{next(self._ids)}",
            alert=alert.id,
            subject=SUBJECT,
            name=self._data.draw(st.sampled_from(NAMES)),
            by="ann",
            seen=self._data.draw(st.sampled_from([alert.status, alert.status, *SEEN])),
            at=max(0, at),
            until=journey.clock + self._data.draw(st.sampled_from([HOUR, 3 * DAY, 20 * DAY])),
            assignee="ben",
            text="Called.",
        )
        try:
            said = self._engine.act(journey, action)
        except NoSuchAlert:
            assert alert.status == "resolved"  # it is final
            return
        assert said is not None
        self.hear([said])
        assert self._engine.act(journey, action) is None


@pytest.mark.parametrize("kind", SETUPS)
def test_alerts_are_a_function_of_last_words_and_accepted_actions(kind: str) -> None:
    properties.of_many()(given(SETUPS[kind], st.data())(_is_a_function))()


def _is_a_function(setup: Setup, data: st.DataObject) -> None:
    engine = setup.engine
    history = [one for one in data.draw(histories(setup.vocabulary)) if not engine.refusal(one)]
    by_arrival = sorted(history, key=lambda event: event.a)
    arriving = data.draw(st.one_of(st.just(by_arrival), st.permutations(history)))
    clock = max((event.a for event in history), default=0)
    clock += data.draw(st.sampled_from([0, 1, 5 * DAY, 40 * DAY, 500 * DAY]))
    floor, journey = Floor(engine, data), engine.open(SUBJECT)
    for at, event in enumerate(arriving):
        floor.hear(engine.step(journey, event, min(one.a for one in arriving[at:])).alerts)
        journey = _handled(engine, journey, arriving[at + 1 :], clock, floor, data)
    floor.hear(engine.advance(journey, clock).alerts)
    in_order, journey = _in_order(engine, history, clock, floor.alerts)
    # Where a life has ended, an alert that was resolved in it may not be known any more.
    before = {part.name for part in journey.live.parts if len(part.lives) > 1}
    assert _standing(floor.alerts, before) == _standing(in_order, before)


def _handled(
    engine: Engine,
    journey: Journey,
    coming: list[Event],
    clock: int,
    floor: Floor,
    data: st.DataObject,
) -> Journey:
    """Let the clock run as far as it may, an operator act, and the detector write it down."""
    watermark = min((one.a for one in coming), default=clock)
    what = data.draw(st.sampled_from(["nothing", "tick", "act", "act", "cut and restart"]))
    if what != "nothing":
        floor.hear(engine.advance(journey, watermark).alerts)
    if what == "act":
        floor.act(journey)
    if what == "cut and restart":
        engine.cut(journey)
        return engine.decode(SUBJECT, engine.encode(journey))
    return journey


def _in_order(
    engine: Engine, history: list[Event], clock: int, given_: dict[str, Alert]
) -> tuple[dict[str, Alert], Journey]:
    """Fold everything at once, with the outcomes that the alerts tell of."""
    journey = engine.open(SUBJECT)
    for alert in given_.values():
        engine.assume(journey, alert)
    for event in history:
        engine.take(journey, event)
    return {alert.id: alert for alert in engine.advance(journey, clock).alerts}, journey


def _standing(alerts: dict[str, Alert], before: set[str]) -> dict[str, Alert]:
    """Give the alerts of which something stands, without the log of how they came to it."""
    return {
        id_: msgspec.structs.replace(alert, history=())
        for id_, alert in alerts.items()
        if alert.count and (alert.status != "resolved" or alert.model not in before)
    }

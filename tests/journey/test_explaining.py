"""An explanation says why each moment is as it is, why the others are not, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.engine import Engine
from journey.event import Event
from journey.explaining import Explanation, explain
from journey.explaining.explanation import AlertExplained, InstanceExplained, MomentExplained
from journey.instant import DAY, HOUR, format_instant
from journey.journey import Journey
from journey.language import parse_model
from tests.journey.histories import SUBJECT, histories, shipped
from tests.journey.setups import SETUPS, Setup
from tests.journey.timeline import Timeline, instant

MODEL = """
model: small
version: 1.0.0
title: One of each kind
source: the tests
stages: [new, known]
keys: {ticket: properties.ticket}
calendars:
  office: {zone: UTC, hours: {mon-sun: "09:00-17:00"}}
signals:
  look: {events: Product Viewed, channel: {from: properties.channel, else: web}, polarity: 0.5}
  ask: {events: Quote Requested}
  buy: {events: Order Completed, value: properties.total}
  pleased:
    events: CSAT Responded
    where: {properties.score: {at-least: 4}, properties.kind: [a, b]}
  ticket: {events: Ticket Created}
  answer: {events: Ticket Replied}
  wait: {events: Ticket Updated, where: {properties.status: pending}}
  go-on: {events: Ticket Reopened}
  bound: {of: pleased, when: [strong, not-in-trouble]}
  more-bound: {of: bound, when: strong}
  helped: {of: trouble.met, when: strong}
  no-thanks: {events: Unsubscribed}
facts:
  noes: {count: no-thanks}
  spent: {sum: value, of: buy}
scores:
  bond: {moves: {buy: 12.5, helped: 1}}
  liking: {by: [channel], moves: {look: polarity}}
conditions:
  strong: {score: bond, at-least: 20}
  in-trouble: {open: trouble}
  not-in-trouble: {not: in-trouble}
  said-no: {fact: noes, at-least: 1}
moments:
  trouble:
    title: A ticket
    key: ticket
    clock: {calendar: office, pause: {on: wait, until: go-on}}
    opens: {on: ticket}
    at-risk: {before: 2 business hours}
    met: {on: answer, within: 8 business hours}
  interest:
    title: Looks often
    stage: known
    opens: {count: 3, of: look, within: 7d, apart: 1h}
    at-risk: {on: ask}
    met: {on: buy}
    missed: {on: no-thanks}
    lapses: {without: look, for: 14d}
    alert:
      open: {severity: info, title: Interest, unless: said-no, at-most-every: 5d}
  offer:
    title: Asks and buys
    opens: {sequence: [look, ask, buy], within: 2d}
    met: {quiet: no-thanks, for: 3d}
  silence:
    title: Quiet after a look
    opens: {without: [ask, buy], for: 3d, since: look}
    met: {on: buy}
  bond:
    title: Bound to us
    opens: {on: bound}
    met: {on: more-bound}
  thanks:
    title: Helped
    opens: {on: helped}
    met: {on: buy}
"""
LOOK = "Product Viewed"
SMALL = Engine([parse_model(MODEL, "small.yaml")])


@pytest.fixture
def story() -> Timeline:
    return Timeline(SMALL)


def moment(story: Timeline, name: str, events: Sequence[Event] = ()) -> MomentExplained:
    (model,) = explain(story.engine, story.journey, events, moment=name, write=short).models
    (found,) = model.moments
    return found


def short(ms: int) -> str:
    day, rest = divmod(ms, DAY)
    return f"{day}.{rest // HOUR:02}:{rest % HOUR // 60_000:02}"


def unopened(story: Timeline, name: str) -> list[str]:
    return list(moment(story, name).unopened)


def instance(story: Timeline, name: str) -> InstanceExplained:
    return moment(story, name).instances[-1]


def outlook(story: Timeline, name: str) -> list[tuple[str, str]]:
    return [(one.to, one.words) for one in instance(story, name).outlook]


def alerts(story: Timeline) -> list[AlertExplained]:
    (model,) = explain(story.engine, story.journey, write=short).models
    return list(model.alerts)


def heard(name: str, t: str, a: str = "", **fields: str | float) -> Event:
    return Event(
        SUBJECT,
        f"{name} {t}",
        instant(t),
        instant(a or t),
        name,
        fields={f"properties.{key}": value for key, value in fields.items()},
    )


# Why not


def test_a_signal_that_never_came_is_named(story: Timeline) -> None:
    story.clock("1.09:00")
    assert unopened(story, "trouble") == ["no `ticket` has come"]


def test_after_an_instance_it_has_not_come_since(story: Timeline) -> None:
    story.at("1.09:00", "Ticket Created", ticket="t1")
    story.at("1.10:00", "Ticket Replied", ticket="t1")
    assert unopened(story, "trouble") == ["no `ticket` has come since 1.10:00"]


def test_a_count_says_how_many_came_within_the_time(story: Timeline) -> None:
    story.at("1.09:00", "Product Viewed")
    story.at("1.09:30", "Product Viewed")
    story.at("7.09:00", "Product Viewed")
    assert unopened(story, "interest") == [
        f"2 of 3 `look` within 7d, each 1h apart ({LOOK} at 1.09:00, {LOOK} at 7.09:00)"
    ]
    story.clock("9.09:00")
    assert unopened(story, "interest")[0].startswith("1 of 3 `look` within 7d")


def test_a_sequence_says_which_step_is_awaited_until_when(story: Timeline) -> None:
    story.at("1.09:00", "Quote Requested")
    whole = "`look` then `ask` then `buy` within 2d"
    first = f"no {whole} has come: `look`, the first step, is awaited"
    assert unopened(story, "offer") == [first]
    story.at("1.10:00", "Product Viewed")
    story.at("1.11:00", "Quote Requested")
    came = "(Product Viewed at 1.10:00, Quote Requested at 1.11:00)"
    assert unopened(story, "offer") == [
        f"2 of 3 steps of {whole} {came}: `buy` is awaited until 3.10:00"
    ]
    story.clock("3.10:01")
    assert unopened(story, "offer") == [first]


def test_a_silence_says_when_it_would_open_or_what_ended_it(story: Timeline) -> None:
    story.clock("1.08:00")
    assert unopened(story, "silence") == [
        "no `look` has come since which `ask` or `buy` could stay away"
    ]
    story.at("1.09:00", "Product Viewed")
    assert unopened(story, "silence") == [
        "it opens at 4.09:00 if no `ask` or `buy` comes, counted since Product Viewed at 1.09:00"
    ]
    story.at("2.09:00", "Quote Requested")
    assert unopened(story, "silence") == [
        "Quote Requested at 2.09:00 came before 3d without `ask` or `buy` were over"
    ]


def test_a_derived_signal_says_which_condition_failed_with_the_value_then(story: Timeline) -> None:
    story.at("1.09:00", "Order Completed", total=5)
    story.at("1.10:00", "CSAT Responded", score=5, kind="a")
    story.at("1.11:00", "Order Completed", total=5)
    assert unopened(story, "bond") == [
        "no `bound` has come",
        "CSAT Responded at 1.10:00 is no `bound`: bond is at least 20: it is 12.5",
    ]


def test_all_conditions_that_failed_are_told(story: Timeline) -> None:
    story.at("1.09:00", "Ticket Created", ticket="t1")
    story.at("1.10:00", "CSAT Responded", score=5, kind="a")
    assert unopened(story, "bond")[1].endswith(
        "bond is at least 20: it is 0 and trouble is not open: it is open"
    )


def test_a_derived_signal_of_an_outcome_is_defined_with_the_values_now(story: Timeline) -> None:
    story.at("1.09:00", "Order Completed", total=5)
    assert unopened(story, "thanks") == [
        "no `helped` has come",
        "`helped` is `trouble.met` when bond is at least 20 (now bond is 12.5)",
    ]


def test_an_event_that_is_nearly_a_signal_says_what_was_expected(story: Timeline) -> None:
    events = [heard("CSAT Responded", "1.10:00", score=3)]
    story.clock("1.11:00")
    said = moment(story, "bond", events).unopened[1]
    assert said.endswith(
        "; CSAT Responded at 1.10:00 is no `pleased`: properties.score is 3, expected at least 4 "
        "and properties.kind is unknown, expected one of a, b"
    )


# Why


def test_a_closed_instance_says_why_and_by_which_events(story: Timeline) -> None:
    story.at("1.09:00", "Ticket Created", ticket="t1")
    story.at("1.10:00", "Ticket Replied", ticket="t1")
    found = instance(story, "trouble")
    assert (found.state, found.since, found.key) == ("met", "1970-01-02T10:00:00Z", "t1")
    assert found.why == (
        "answer, by Ticket Created at 1.09:00 (opened), Ticket Replied at 1.10:00 (met)"
    )
    assert [one.role for one in found.evidence] == ["opened", "met"]
    assert (found.outlook, found.next) == ((), None)


def test_an_open_instance_says_what_would_change_it_and_when(story: Timeline) -> None:
    for when in ("1.09:00", "1.10:00", "1.11:00"):
        story.at(when, "Product Viewed")
    assert outlook(story, "interest") == [
        ("met", "`buy` meets it"),
        ("missed", "`no-thanks` misses it"),
        ("at_risk", "`ask` puts it at risk"),
        ("lapsed", "it lapses at 15.11:00 if no `look` comes"),
    ]
    assert instance(story, "interest").next == format_instant(instant("15.11:00"))
    assert not moment(story, "interest").unopened


def test_business_hours_left_are_told_with_the_calendar(story: Timeline) -> None:
    story.at("1.15:00", "Ticket Created", ticket="t1")
    story.clock("2.08:00")
    left = "6 business hours left in calendar office"
    assert outlook(story, "trouble")[-2:] == [
        ("at_risk", "it is at risk at 2.13:00"),
        ("missed", f"it is missed at 2.15:00 if no `answer` comes ({left})"),
    ]


def test_a_clock_that_stands_still_says_since_when_and_what_is_left(story: Timeline) -> None:
    story.at("1.09:00", "Ticket Created", ticket="t1")
    story.at("1.12:30", "Ticket Updated", ticket="t1", status="pending")
    story.clock("3.00:00")
    assert instance(story, "trouble").paused
    assert outlook(story, "trouble")[-1][1] == (
        "its time stands still since Ticket Updated at 1.12:30, with 4 business hours 30 minutes "
        "left in calendar office; `go-on` lets it run on"
    )


def test_a_silence_that_meets_an_instance_says_when(story: Timeline) -> None:
    story.at("1.10:00", "Product Viewed")
    story.at("1.11:00", "Quote Requested")
    story.at("1.12:00", "Order Completed", total=1)
    assert outlook(story, "offer") == [("met", "it is met at 4.12:00 if no `no-thanks` comes")]


def test_what_nearly_closed_an_open_instance_is_told(story: Timeline) -> None:
    story.at("1.09:00", "Order Completed", total=5)
    story.at("1.10:00", "Order Completed", total=5)
    story.at("1.11:00", "CSAT Responded", score=5, kind="b")
    events = [heard("CSAT Responded", "1.12:00", score=5, kind="c")]
    story.clock("2.00:00")
    (found,) = moment(story, "bond", events).instances
    assert found.state == "open"
    assert moment(story, "bond", events).unopened == ()


# Alerts


def looks(story: Timeline, day: int) -> None:
    for hour in (9, 10, 11):
        story.at(f"{day}.{hour:02}:00", "Product Viewed")
    story.at(f"{day}.12:00", "Order Completed", total=1)


def test_a_fired_alert_says_what_it_is_about(story: Timeline) -> None:
    looks(story, 1)
    (alert,) = alerts(story)
    assert (alert.status, alert.moment, alert.why) == (
        "resolved",
        "interest",
        "the moment was met",
    )


def test_an_alert_that_was_kept_back_says_which_condition_held(story: Timeline) -> None:
    story.at("1.08:00", "Unsubscribed")
    looks(story, 1)
    story.clock("2.00:00")
    for hour in (9, 10, 11):
        story.at(f"2.{hour:02}:00", "Product Viewed")
    (alert,) = alerts(story)
    assert (alert.status, alert.since) == ("kept back", "1970-01-03T11:00:00Z")
    assert alert.why == "`said-no` held: noes is at least 1 (it is 1)"


def test_an_alert_that_was_kept_back_for_another_says_when_that_fired(story: Timeline) -> None:
    looks(story, 1)
    for hour in (9, 10, 11):
        story.at(f"3.{hour:02}:00", "Product Viewed")
    assert alerts(story)[-1].why == (
        "one fired at 1.11:00, and at most one in 5d fires for a customer"
    )


# The whole


def test_the_stage_says_why_and_what_leads_on(story: Timeline) -> None:
    (model,) = explain(SMALL, story.journey).models
    assert (model.stage.name, model.stage.why) == (None, "no signal has come")
    story.at("1.09:00", "Product Viewed")
    (model,) = explain(SMALL, story.journey).models
    assert (model.stage.name, model.stage.why) == ("new", "first signal")
    assert [(one.to, one.words) for one in model.stage.outlook] == [
        ("known", "`interest.open` leads there")
    ]


def test_facts_and_scores_have_their_values_and_sources(story: Timeline) -> None:
    story.at("1.09:00", "Order Completed", total=5)
    (model,) = explain(SMALL, story.journey, write=short).models
    noes, spent = model.facts
    assert (noes.value, noes.why) == (0, "noes comes of `no-thanks`, and none came")
    assert (spent.value, spent.why) == ({"EUR": 5.0}, "spent comes of Order Completed at 1.09:00")
    assert model.scores[0].value["value"] == 12.5


def test_what_comes_next_is_in_order_over_all_moments(story: Timeline) -> None:
    story.at("1.09:00", "Ticket Created", ticket="t1")
    story.at("1.09:30", "Product Viewed")
    coming = explain(SMALL, story.journey, write=short).coming
    assert [(one.at, one.moment, one.key, one.to) for one in coming] == [
        ("1970-01-02T15:00:00Z", "trouble", "t1", "at_risk"),
        ("1970-01-02T17:00:00Z", "trouble", "t1", "missed"),
        ("1970-01-05T09:30:00Z", "silence", None, "open"),
    ]


def test_events_that_do_nothing_are_told_apart(story: Timeline) -> None:
    story.clock("9.09:00")
    story.at("9.09:03", "Product Viewed", arrives="9.09:00")
    late = heard("Product Viewed", "1.09:00", "9.09:00")
    unknown = heard("Product Veiwed", "9.08:00")
    found = explain(SMALL, story.journey, [late, unknown], write=short)
    assert found.waiting == ("Product Viewed at 9.09:03 waits for the clock",)
    assert found.meaningless == ("Product Veiwed",)
    assert [(one.event, one.why) for one in found.refused] == [
        ("Product Viewed", SMALL.refusal(late))
    ]


def test_whose_events_they_are_is_put_together_by_reason(story: Timeline) -> None:
    events = [
        heard("Product Viewed", "1.09:00"),
        heard("Page", "1.08:00"),
        heard("Page", "2.00:00"),
    ]
    story.clock("3.00:00")
    origins = explain(SMALL, story.journey, events, whose=lambda one: f"by {one.name}").origins
    assert [(one.why, one.events, one.first) for one in origins] == [
        ("by Page", 2, "1970-01-02T08:00:00Z"),
        ("by Product Viewed", 1, "1970-01-02T09:00:00Z"),
    ]


def test_a_moment_alone_is_told_where_there_is_one(story: Timeline) -> None:
    story.at("1.09:00", "Product Viewed")
    found = explain(SMALL, story.journey, moment="silence")
    assert [one.moment for model in found.models for one in model.moments] == ["silence"]
    assert {one.moment for one in found.coming} == {"silence"}
    assert explain(SMALL, story.journey, moment="other").models == ()


def test_what_is_cut_from_the_history_is_explained_by_what_is_left(story: Timeline) -> None:
    story.at("1.09:00", "Ticket Created", ticket="t1")
    story.at("1.10:00", "CSAT Responded", score=5, kind="a")
    story.clock("30.00:00")
    SMALL.cut(story.journey)
    assert not story.journey.history.entries
    assert unopened(story, "bond")[0] == "no `bound` has come"


# Shipped models


def test_an_acquaintance_is_not_recognised_for_want_of_history() -> None:
    story = Timeline(Engine([shipped("four-moments")]))
    story.at("1.09:00", "Signed Up")
    first, second = unopened(story, "recognition")
    assert first == "no `recognised` has come"
    assert second == (
        "Signed Up at 1.09:00 is no `recognised`: orders is at least 1 or tickets is at least 1 "
        "or firm is known: orders is 0, tickets is 0, firm is unknown"
    )


def test_an_abandoned_cart_of_somebody_who_said_no_is_kept_back() -> None:
    story = Timeline(Engine([shipped("four-moments")]))
    refused: dict[str, Any] = {"purposes.marketing": False}
    story.at("1.09:00", "Consent Updated", **refused)
    story.at("1.10:00", "Product Added", price=5)
    story.clock("3.00:00")
    (alert,) = alerts(story)
    assert (alert.status, alert.title) == ("kept back", "Abandoned cart of 5.00 EUR")
    assert alert.why == "`said-no` held: consent is false (it is false)"


@pytest.mark.parametrize("setups", SETUPS.values(), ids=SETUPS)
@given(data=st.data())
def test_explaining_any_history_changes_nothing_and_agrees_with_replay(
    setups: st.SearchStrategy[Setup], data: st.DataObject
) -> None:
    engine, vocabulary = data.draw(setups)
    events = data.draw(histories(vocabulary))
    clock = max((event.a for event in events), default=0) + data.draw(st.sampled_from([0, DAY]))
    journey = engine.open(SUBJECT)
    for event in events:
        if engine.refusal(event) is None:
            engine.take(journey, event)
    said = engine.advance(journey, clock)
    if data.draw(st.booleans()):
        engine.cut(journey)
    before = engine.encode(journey)
    found = explain(engine, journey, events)
    assert engine.encode(journey) == before
    assert msgspec.json.decode(msgspec.json.encode(found), type=Explanation) == found
    spoken = {known.word.instance: known.word.to for known in journey.spoken.values()}
    assert said.transitions or not spoken
    moments = [one for model in found.models for one in model.moments]
    states = {each.instance: each.state for one in moments for each in one.instances}
    assert {**states, **_stages(journey)} == spoken
    for one in moments:
        is_open = {"open", "at_risk"} & {each.state for each in one.instances}
        assert bool(is_open) is not bool(one.unopened)


def _stages(journey: Journey) -> dict[str, str]:
    words = [known.word for known in journey.spoken.values()]
    return {word.instance: word.to for word in words if word.kind == "stage"}

"""What a model says becomes the tables that the engine reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from journey import tables
from journey.instant import DAY, HOUR
from journey.language import parse_model
from journey.model import Model
from journey.tables import STATES, Moment, Source

TEXT = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")
MODEL = parse_model(TEXT, "everything.yaml")
PROMISE, HABIT, ANSWERED = MODEL.moments


def variant(was: str, becomes: str) -> Model:
    assert TEXT.count(was) == 1, was
    return parse_model(TEXT.replace(was, becomes), "everything.yaml")


def bit(name: str) -> int:
    """Give the bit of a signal or outcome as the model's own tables count them."""
    moment, _, state = name.partition(".")
    if state:
        index = [one.name for one in MODEL.moments].index(moment)
        return MODEL.outcome(index, state)
    return 1 << [one.name for one in MODEL.signals].index(name)


def bits(*names: str) -> int:
    return sum(bit(name) for name in names)


def condition(name: str) -> tables.Test:
    return next(test for test in MODEL.tests if test.name == name)


def holds(name: str, value: Any) -> bool:
    check = condition(name).holds
    assert check is not None
    return check(value)


def read(source: Source | None, **fields: Any) -> Any:
    assert source is not None
    assert source.read is not None
    return source.read({f"properties.{name}": value for name, value in fields.items()})


def attribute(signal: str, name: str, **fields: Any) -> Any:
    given = {f"properties.{key}": value for key, value in fields.items()}
    return MODEL.attribute_of(bit(signal), name, given)


# signals


def test_an_event_is_the_signals_that_it_matches() -> None:
    assert MODEL.signals_of("Page", {}) == bit("look")
    assert MODEL.signals_of("Page", {"properties.robot": True}) == 0
    assert MODEL.signals_of("Ticket Created", {"properties.kind": "question"}) == bit("ask")
    assert MODEL.signals_of("Ticket Created", {"properties.kind": "praise"}) == 0


def test_sectors_add_events_to_signals() -> None:
    assert MODEL.signals_of("Booking Made", {}) == bit("order")
    assert MODEL.signals_of("Stay Paid", {"properties.paid": True}) == bit("order")
    assert MODEL.signals_of("Stay Paid", {"properties.paid": False}) == 0


def test_a_derived_signal_is_no_event_and_has_its_conditions() -> None:
    let_down = MODEL.signals[-1]
    assert (let_down.name, let_down.matches) == ("let-down", ())
    assert let_down.of == bits("promise.missed", "regular")
    assert [MODEL.tests[at].name for at in let_down.when] == ["fond", "at-home"]


def test_conditions_that_say_the_same_are_one_predicate_in_all_models() -> None:
    again = parse_model(TEXT.replace("[question, complaint]", "[complaint, question]"), "b.yaml")
    ((_, mine), *_), ((_, theirs), *_) = MODEL.signals[0].matches, again.signals[0].matches
    assert mine is theirs
    assert MODEL.signals[2].matches[0][1] is not again.signals[2].matches[0][1]


def test_a_value_is_the_first_number_also_where_it_is_written_as_text() -> None:
    def value(**fields: Any) -> float | None:
        given = {f"properties.{name}": value for name, value in fields.items()}
        return MODEL.value_of(bit("order"), given)

    assert value(total="12.5", revenue=9) == 12.5
    assert value(total="a lot", revenue=9) == 9.0
    assert value(other=1) is None


@pytest.mark.parametrize(
    ("found", "is_"),
    [("mail", "email"), (5, "fax"), ("5", "fax"), (5.0, "fax"), ("pigeon", "web"), (None, "web")],
)
def test_a_mapped_attribute_is_its_value_else_what_stands_in(found: Any, is_: str) -> None:
    assert attribute("ask", "channel", channel=found) == is_


def test_an_attribute_is_a_constant_or_the_first_path_with_a_scalar() -> None:
    assert attribute("order", "channel") == "shop"
    assert attribute("ask", "about", brand=["a", "list"], product="p1") == "p1"
    assert attribute("ask", "need") is None
    assert attribute("ask", "signal") == "ask"


@pytest.mark.parametrize(
    ("score", "polarity"), [(0.4, 0.4), ("-0.5", -0.5), (9, 1.0), (-3, -1.0), ("fine", None)]
)
def test_a_polarity_is_a_number_from_minus_1_to_1(score: Any, polarity: float | None) -> None:
    assert attribute("survey", "polarity", score=score) == polarity


def test_a_polarity_is_looked_up_where_values_are_given() -> None:
    assert [attribute("review", "polarity", rating=rating) for rating in (1, "2", 3, None)] == [
        -1,
        -0.5,
        0,
        0,
    ]


def test_the_decoder_is_told_every_path_that_is_read() -> None:
    said = {word.strip("[]{},") for word in TEXT.split()}
    paths = {word.removesuffix(":") for word in said if word.startswith(("properties.", "traits."))}
    assert paths | {"context.channel", "properties.currency"} == MODEL.paths


# facts and scores


def test_facts_know_their_signals_and_their_source() -> None:
    plan, orders, channels, needs, spent = MODEL.facts
    assert plan.source is not None
    assert plan.source.read is not None
    assert plan.source.read({"traits.plan": "gold"}) == "gold"
    assert (orders.kind, orders.of, orders.within) == ("count", bit("order"), 30 * DAY)
    assert orders.until == bit("lapse")
    assert channels.source == Source(attribute="channel")
    assert read(needs.source, topic="size") == "size"
    assert (spent.kind, spent.of, spent.source) == ("sum", bit("order"), None)


def test_scores_are_in_millionths() -> None:
    bond, impression = MODEL.scores
    assert bond.moves == (
        (bit("order"), 5_000_000),
        (bit("promise.missed"), -10_000_000),
        (bit("review"), None),
    )
    assert (bond.half_life, bond.least, bond.most) == (90 * DAY, -50_000_000, 50_000_000)
    assert impression.by == ("channel", "about")


# conditions


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("at-home", "the stage is one of use, trial"),
        ("fond", "bond is at least 2.5 and less than 10"),
        ("bought", "orders is more than 0"),
        ("no-plan", "plan is unknown"),
        ("on-gold", "plan is one of gold, 5"),
        ("behind", "impression is 0.3 or more below the others"),
        ("busy", "promise is open"),
        ("either", "orders is more than 0 or plan is one of gold, 5"),
        ("neither", "orders is not more than 0 and plan is not one of gold, 5"),
        (
            "both",
            (
                "bond is at least 2.5 and less than 10 and "
                "(orders is more than 0 or plan is one of gold, 5)"
            ),
        ),
        (
            "not-both",
            (
                "bond is not (at least 2.5 and less than 10) or "
                "(orders is not more than 0 and plan is not one of gold, 5)"
            ),
        ),
    ],
)
def test_a_condition_is_said_in_words(name: str, words: str) -> None:
    assert condition(name).words == words


def test_a_score_is_compared_in_millionths() -> None:
    assert [holds("fond", score) for score in (2_499_999, 2_500_000, 9_999_999, 10_000_000)] == [
        False,
        True,
        True,
        False,
    ]
    assert condition("behind").below_others == 300_000
    assert condition("behind").holds is None


def test_a_fact_that_is_not_there_satisfies_only_that_it_is_not() -> None:
    assert holds("no-plan", None)
    assert not holds("no-plan", "gold")
    assert not holds("bought", None)
    assert holds("bought", 1)
    assert holds("on-gold", "5")


def test_a_sum_satisfies_a_condition_in_one_of_its_currencies() -> None:
    model = variant("{fact: orders, more-than: 0}", "{fact: spent, at-least: 9}")
    check = next(test.holds for test in model.tests if test.name == "bought")
    assert check is not None
    assert not any(check(sums) for sums in (None, {}, {"EUR": 8.9, "GBP": 8.9}))
    assert check({"EUR": 1.0, "GBP": 9.0})


def test_conditions_name_what_they_are_about() -> None:
    assert condition("at-home").stages == {"use", "trial"}
    assert MODEL.moments[condition("busy").index].name == "promise"
    assert MODEL.facts[condition("bought").index].name == "orders"
    assert [MODEL.tests[at].name for at in condition("both").parts] == ["fond", "either"]
    assert [MODEL.tests[at].name for at in condition("neither").parts] == ["either"]


# stages


def test_stages_are_entered_from_earlier_ones_unless_said_otherwise() -> None:
    rules = {(rule.place, rule.on): rule.start for rule in MODEL.stage_rules}
    assert rules == {
        (1, bit("look")): {0},
        (2, bits("order", "promise.met")): {0, 1, 3},
        (2, bit("promise.open")): {0, 1, 3},
        (3, bit("lapse")): {1, 2},
    }
    assert [rule.place for rule in MODEL.stage_rules] == sorted(place for place, _ in rules)


def test_stages_may_be_a_list_of_names() -> None:
    text = TEXT[: TEXT.index("stages:\n")] + TEXT[TEXT.index("signals:\n") :]
    model = parse_model("stages: [first, trial, use, lost]\n" + text, "list.yaml")
    assert model.stages == MODEL.stages
    assert [(rule.place, rule.on) for rule in model.stage_rules] == [(2, bit("promise.open"))]


# moments


def test_a_chain_is_met_within_business_hours_and_pauses() -> None:
    assert PROMISE.chained
    assert (PROMISE.met, PROMISE.ends) == (bit("answer"), bit("solved"))
    assert (PROMISE.due, PROMISE.risk_before) == (8 * HOUR, 2 * HOUR)
    assert PROMISE.calendar is not None
    assert PROMISE.calendar.name == "office"
    clock = (PROMISE.pause, PROMISE.resume, PROMISE.reset)
    assert clock == (bit("waits"), bit("goes-on"), bit("look"))
    assert PROMISE.lapses_on == bit("lapse")


def test_plain_time_stays_plain_beside_a_calendar() -> None:
    model = variant("clock: {reset: order}", "clock: {reset: order, calendar: office}")
    assert (model.moments[1].due, model.moments[1].calendar) == (DAY, None)


def test_a_moment_may_open_in_every_way() -> None:
    assert HABIT.opens == bit("review")
    counted = (HABIT.counted, HABIT.count, HABIT.count_within, HABIT.apart)
    assert counted == (bit("look"), 3, 7 * DAY, HOUR)
    assert HABIT.sequence == (bit("order"), bits("ask", "look"), bit("survey"))
    assert HABIT.sequence_within == 14 * DAY
    assert (HABIT.without, HABIT.since) == (bit("look"), bit("order"))
    assert HABIT.silent_for == 30 * DAY


def test_ways_of_opening_on_signals_are_put_together() -> None:
    model = variant("- {on: review}", "- {on: review}\n        - {on: [survey, ask]}")
    assert model.moments[1].opens == bits("review", "survey", "ask")


def test_a_moment_may_end_in_every_way() -> None:
    assert (HABIT.met, HABIT.missed) == (bit("order"), bit("lapse"))
    assert (HABIT.quiet, HABIT.quiet_for) == (bit("lapse"), 60 * DAY)
    assert (HABIT.lapses_on, HABIT.lapses_without) == (bit("solved"), bit("look"))
    assert (HABIT.lapses_for, HABIT.due, HABIT.risk_before) == (90 * DAY, DAY, 2 * HOUR)
    assert HABIT.risk == bit("promise.missed")
    assert (HABIT.after_close, HABIT.unmatched_to_latest) == (True, True)


def test_keys_and_labels_come_from_the_event_or_its_signals() -> None:
    assert read(PROMISE.key, case_id="c-1") == "c-1"
    assert variant("key: ticket", "key: channel").moments[0].key == Source(attribute="channel")
    (agent, source), via = PROMISE.labels
    assert (agent, read(source, agent="Ann")) == ("agent", "Ann")
    assert via == ("via", Source(attribute="channel"))


def test_an_alert_knows_what_keeps_it_back() -> None:
    alert = PROMISE.alerts["missed"]
    assert [MODEL.tests[at].name for at in alert.unless] == ["busy", "no-plan"]
    assert (alert.at_most_every, alert.resolves_after) == (DAY, 2 * DAY)
    assert [MODEL.facts[at].name for at in PROMISE.tells] == ["orders", "plan"]


@pytest.mark.parametrize(
    ("moment", "reasons"),
    [
        (
            PROMISE,
            {
                "open": "{signal}",
                "missed-late": "no answer within 8 business hours",
                "at-risk-before": "2 business hours before its deadline",
                "ended": "ended by {signal}",
            },
        ),
        (
            HABIT,
            {
                "open": "{signal}",
                "open-counted": "3 times look within 7d, each 1h apart",
                "open-sequence": "order, then ask or look, then survey within 14d",
                "open-silent": "30d without look since order",
                "missed-late": "no order within 24h of its opening",
                "at-risk-before": "2h before its deadline",
                "met-quiet": "60d without lapse",
                "lapsed": "90d without look",
            },
        ),
        (
            ANSWERED,
            {
                "open": "{signal}",
                "missed-late": "no regular or answer within 7d of the habit.open",
            },
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Moment) else "",
)
def test_each_rule_of_a_moment_has_its_reason_in_words(
    moment: Moment, reasons: dict[str, str]
) -> None:
    assert moment.reasons == reasons


def test_a_moment_hears_what_becomes_of_those_above_it() -> None:
    assert ANSWERED.opens == bit("habit.open")
    assert ANSWERED.met == bits("regular", "answer")
    assert MODEL.names_of(ANSWERED.opens | HABIT.risk) == ("promise.missed", "habit.open")


def test_outcomes_stand_behind_the_signals() -> None:
    names = [f"{moment.name}.{state}" for moment in MODEL.moments for state in STATES]
    everything = (1 << (len(MODEL.signals) + len(names))) - 1
    assert MODEL.names_of(everything) == (*(one.name for one in MODEL.signals), *names)

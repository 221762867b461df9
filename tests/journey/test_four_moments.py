"""The model four-moments, as timelines."""

from __future__ import annotations

from typing import Any

import pytest

from journey.engine import Engine
from tests.journey.histories import shipped
from tests.journey.timeline import Timeline


@pytest.fixture
def customer() -> Timeline:
    return Timeline(Engine([shipped("four-moments")]))


def test_three_looks_within_a_week_open_research(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Viewed")
    customer.at("2.09:00", "Products Searched")
    assert customer.moments("zmot") == []
    customer.at("7.09:00", "Product Viewed")
    assert customer.moments("zmot") == ["open 7.09:00"]
    assert [one.role for one in customer.last("zmot").evidence] == ["opened"] * 3
    assert customer.stages == ["visiting", "research"]


def test_looks_more_than_a_week_apart_are_not_research(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Viewed")
    customer.at("2.09:00", "Product Viewed")
    customer.at("8.09:01", "Product Viewed")
    assert customer.moments("zmot") == []


def test_research_lapses_a_fortnight_after_the_last_look(customer: Timeline) -> None:
    for day in (1, 2, 3, 10):
        customer.at(f"{day}.09:00", "Product Viewed")
    customer.clock("24.08:59")
    assert customer.moments("zmot") == ["open 3.09:00"]
    customer.clock("24.09:00")
    assert customer.moments("zmot") == ["lapsed 24.09:00"]


def test_looks_before_a_decision_do_not_count_again(customer: Timeline) -> None:
    for hour in ("09", "10", "11"):
        customer.at(f"1.{hour}:00", "Product Viewed")
    customer.at("1.12:00", "Product Added")
    customer.at("1.13:00", "Product Viewed")
    customer.at("1.14:00", "Product Viewed")
    assert customer.moments("zmot") == ["met 1.12:00"]
    customer.at("1.15:00", "Product Viewed")
    assert customer.moments("zmot") == ["met 1.12:00", "open 1.15:00"]


def test_a_form_identifies_the_researcher(customer: Timeline) -> None:
    for hour in ("09", "10", "11"):
        customer.at(f"1.{hour}:00", "Product Viewed")
    customer.at("1.12:00", "Form Submitted")
    assert customer.last("zmot").reason == "identified"


def test_an_order_at_the_deadline_meets_the_decision(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Added", price=129.9)
    customer.at("2.09:00", "Order Completed", order_id="o-1", total="140", currency="GBP")
    assert customer.moments("fmot") == ["met 2.09:00"]
    assert (customer.last("fmot").value, customer.last("fmot").currency) == (140.0, "GBP")


def test_an_order_at_a_deadline_that_has_fired_corrects_the_miss(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Added")
    customer.clock("2.09:00")
    assert customer.moments("fmot") == ["missed 2.09:00"]
    customer.at("2.09:00", "Order Completed", arrives="2.09:30", order_id="o-1")
    assert customer.moments("fmot") == ["met 2.09:00"]


def test_a_cart_without_an_order_is_missed_at_its_deadline(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Added", price=129.9)
    customer.clock("3.00:00")
    missed = customer.last("fmot")
    assert customer.moments("fmot") == ["missed 2.09:00"]
    assert missed.deadline == missed.at
    assert missed.reason == "no order within 24h of the decision"
    assert (missed.value, missed.currency) == (129.9, "EUR")


def test_friction_puts_the_decision_at_risk_once(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Added")
    customer.at("1.09:30", "Payment Failed")
    customer.at("1.09:40", "Coupon Denied")
    customer.at("1.10:00", "Order Completed", order_id="o-1")
    assert customer.words("fmot") == ["open", "at_risk", "met"]


def test_an_order_that_comes_in_late_corrects_the_miss(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Added")
    customer.clock("2.09:00")
    assert customer.moments("fmot") == ["missed 2.09:00"]
    customer.at("1.10:00", "Order Completed", arrives="2.10:00", order_id="o-1")
    assert customer.moments("fmot") == ["met 1.10:00"]
    assert [one.revision for one in customer.said if one.moment == "fmot"] == [1, 2, 3]


def test_an_earlier_cart_that_comes_in_late_takes_the_place_of_the_later(
    customer: Timeline,
) -> None:
    customer.at("1.09:00", "Product Added")
    customer.at("1.08:00", "Product Added", arrives="1.10:00")
    assert customer.moments("fmot") == ["retracted 1.09:00", "open 1.08:00"]


def test_every_order_has_a_moment_of_use(customer: Timeline) -> None:
    customer.at("1.09:00", "Order Completed", order_id="o-1")
    customer.at("2.09:00", "Order Completed", order_id="o-2")
    customer.at("3.09:00", "Order Refunded", order_id="o-1")
    customer.clock("40.00:00")
    assert customer.moments("smot") == ["missed 3.09:00", "met 32.09:00"]


def test_an_answer_without_an_order_is_about_the_latest(customer: Timeline) -> None:
    customer.at("1.09:00", "Order Completed", order_id="o-1")
    customer.at("2.09:00", "Order Completed", order_id="o-2")
    customer.at("3.09:00", "CSAT Responded", score=5)
    assert customer.moments("smot") == ["open 1.09:00", "met 3.09:00"]


@pytest.mark.parametrize(
    ("name", "fields", "becomes"),
    [
        ("CSAT Responded", {"score": 4}, "met"),
        ("CSAT Responded", {"score": 3}, "open"),
        ("CSAT Responded", {"score": 2}, "missed"),
        ("NPS Responded", {"score": 9}, "met"),
        ("NPS Responded", {"score": 8}, "open"),
        ("NPS Responded", {"score": 6}, "missed"),
        ("Product Reviewed", {"rating": "5"}, "met"),
        ("Product Reviewed", {"rating": "2"}, "missed"),
        ("Complaint Made", {}, "missed"),
    ],
)
def test_feedback_decides_on_use(
    customer: Timeline, name: str, fields: dict[str, Any], becomes: str
) -> None:
    customer.at("1.09:00", "Order Completed", order_id="o-1")
    customer.at("2.09:00", name, **fields)
    assert customer.last("smot").to == becomes


def test_a_promoter_is_worth_asking_for_a_testimonial(customer: Timeline) -> None:
    customer.at("1.09:00", "Order Completed", order_id="o-1")
    customer.at("2.09:00", "NPS Responded", score=9)
    assert customer.moments("umot") == ["open 2.09:00"]
    assert customer.alert("umot").kind == "opportunity"
    customer.at("3.09:00", "Testimonial Given")
    assert customer.moments("umot") == ["met 3.09:00"]
    assert customer.alert("umot").status == "resolved"


def test_two_orders_in_quiet_use_make_an_advocate(customer: Timeline) -> None:
    customer.at("1.09:00", "Order Completed", order_id="o-1")
    customer.at("2.09:00", "Order Completed", order_id="o-2")
    customer.clock("31.09:00")
    assert customer.moments("umot") == []
    customer.clock("32.09:00")
    assert customer.moments("umot") == ["open 32.09:00"]
    assert customer.last("umot").reason == "2 times smot.met"
    assert [one.message_id for one in customer.last("umot").evidence] == ["m1", "m2"]
    assert customer.stages[-1] == "advocacy"


def test_an_advocate_who_is_never_asked_lapses(customer: Timeline) -> None:
    customer.at("1.09:00", "NPS Responded", score=10)
    customer.clock("91.09:00")
    assert customer.moments("umot") == ["lapsed 91.09:00"]


def test_a_customer_not_heard_of_for_400_days_begins_a_new_life(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Viewed")
    customer.at("401.09:01", "Product Viewed")
    assert customer.stages == ["visiting", "visiting"]


def test_an_abandoned_cart_is_an_opportunity_until_somebody_orders(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Added", price=129.9)
    customer.clock("2.09:00")
    alert = customer.alert("fmot")
    assert (alert.status, alert.kind, alert.team) == ("firing", "opportunity", "crm")
    assert alert.title == "Abandoned cart of 129.90 EUR"
    customer.at("3.09:00", "Product Added", price=20)
    customer.at("3.10:00", "Order Completed", order_id="o-1", total=20)
    alert = customer.alert("fmot")
    assert (alert.status, alert.count) == ("resolved", 1)


def test_an_alert_resolves_by_itself_after_a_week(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Added")
    customer.clock("9.08:59")
    assert customer.alert("fmot").status == "firing"
    customer.clock("9.09:00")
    alert = customer.alert("fmot")
    assert alert.status == "resolved"
    assert [(one.status, one.at) for one in alert.history] == [
        ("firing", "1970-01-03T09:00:00Z"),
        ("resolved", "1970-01-10T09:00:00Z"),
    ]


def test_a_retraction_and_an_opening_in_one_fold_replace_each_other(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Added", price=10)
    customer.at("1.09:30", "Payment Failed")
    before = customer.alert("fmot")
    customer.at("1.08:00", "Product Added", arrives="1.10:00", price=20)
    after = customer.alert("fmot")
    assert (after.id, after.status, after.count) == (before.id, "firing", 1)
    assert after.title == "Friction in a cart of 20.00 EUR"


def test_an_alert_keeps_when_it_first_fired(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Added")
    customer.at("1.10:00", "Payment Failed")
    customer.clock("2.09:00")
    alert = customer.alert("fmot")
    assert (alert.first_at, alert.last_at) == ("1970-01-02T10:00:00Z", "1970-01-03T09:00:00Z")


def test_an_alert_counts_within_one_life(customer: Timeline) -> None:
    customer.at("1.09:00", "Product Added")
    customer.clock("2.09:00")
    customer.at("450.09:00", "Product Added")
    customer.clock("451.09:00")
    alert = customer.alert("fmot")
    assert (alert.status, alert.count) == ("firing", 1)
    assert alert.first_at == alert.last_at


def test_a_key_too_long_to_be_one_counts_as_none(customer: Timeline) -> None:
    customer.at("1.09:00", "Order Completed", order_id="o" * 513, total=1, currency="X" * 9)
    assert (customer.last("smot").key, customer.last("smot").currency) == (None, "EUR")


def test_a_list_is_no_key(customer: Timeline) -> None:
    customer.at("1.09:00", "Order Completed", order_id=["o-1"])
    assert customer.last("smot").key is None


def test_a_word_that_flips_back_is_said_again_under_another_id(customer: Timeline) -> None:
    customer.at("2.09:00", "Product Added")
    customer.at("2.09:30", "Payment Failed")
    instance = customer.last("fmot").instance
    customer.at("1.10:00", "Product Added", arrives="2.10:00")
    customer.at("2.08:00", "Order Completed", arrives="2.11:00", order_id="o-1")
    told = [one for one in customer.said if one.instance == instance]
    assert [one.to for one in told] == ["open", "at_risk", "retracted", "at_risk"]
    assert [one.revision for one in told] == [1, 2, 3, 4]
    assert len({one.id for one in told}) == 4


def test_a_signal_ahead_of_the_clock_waits_for_it(customer: Timeline) -> None:
    customer.at("1.09:03", "Product Added", arrives="1.09:00")
    assert customer.moments("fmot") == []
    customer.clock("1.09:03")
    assert customer.moments("fmot") == ["open 1.09:03"]

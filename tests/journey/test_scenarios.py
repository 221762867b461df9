"""Every scenario that ships is a test, and one that is wrong says what differs and why."""

from __future__ import annotations

import pytest

from journey.engine import Engine
from journey.language import parse_model
from journey.scenarios import Scenario, read_scenarios
from tests.journey.histories import MODELS
from tests.journey.scenariofiles import FILES, engine_beside, outcome, scenarios_in

FOUR_MOMENTS = engine_beside(MODELS / "four-moments.scenarios.yaml")
NINE = 'at: "09:00", event: Product Added'
MISSED = "no order within 24h of the decision, by Product Added at day 1 09:00 (opened)"


@pytest.mark.parametrize(
    ("scenario", "beside"),
    [
        pytest.param(scenario, file.name, id=f"{file.name.partition('.')[0]}: {scenario.title}")
        for file in FILES
        for scenario in scenarios_in(file)
    ],
)
def test_shipped(scenario: Scenario, beside: str) -> None:
    failures = outcome(engine_beside(MODELS / beside), scenario)
    assert not failures, "\n".join(map(str, failures))


def told(*steps: str) -> list[str]:
    """Run steps on four-moments; give each failure in words."""
    text = "- scenario: wrong\n  steps:\n" + "".join(f"    - {{{step}}}\n" for step in steps)
    (scenario,) = read_scenarios(text, "s.yaml", FOUR_MOMENTS.models[0])
    return [str(failure) for failure in outcome(FOUR_MOMENTS, scenario)]


def because(*steps: str) -> str:
    """Give why the only thing that differs is as it is."""
    (failure,) = told(*steps)
    return failure.partition("because   ")[2]


def test_a_failure_names_the_place_the_step_what_was_expected_what_is_and_why() -> None:
    (failure,) = told(NINE, 'at: "+24h", expect: {fmot: met at 10:00}')
    assert failure.splitlines() == [
        "s.yaml:4: wrong",
        "  step 2, day 2 09:00: fmot",
        "    expected  met at day 1 10:00",
        "    is        missed at day 2 09:00",
        f"    because   {MISSED}",
    ]


def test_a_moment_that_never_opened_says_how_much_was_there() -> None:
    assert because(
        'at: "09:00", event: Product Viewed',
        'at: "day 2 09:00", event: Product Viewed, expect: {zmot: open}',
    ) == (
        "zmot has not opened: 2 of 3 `research` within 7d "
        "(Product Viewed at day 1 09:00, Product Viewed at day 2 09:00)"
    )


def test_what_has_fallen_out_of_the_window_is_not_counted() -> None:
    assert because(
        'at: "09:00", event: Product Viewed', 'at: "day 9 09:00", expect: {zmot: open}'
    ).startswith("zmot has not opened: 0 of 3 `research`")


def test_an_event_name_that_means_nothing_is_pointed_out_with_the_nearest() -> None:
    why = because('at: "09:00", event: Product Adde, expect: {fmot: open}')
    assert why.endswith("'Product Adde' means nothing in the model, was 'Product Added' meant?")


def test_an_event_that_misses_a_condition_is_shown_with_its_values() -> None:
    assert because(
        'at: "09:00", event: Order Completed, order_id: o-1',
        'at: "10:00", event: CSAT Responded, score: 3, expect: {smot o-1: met}',
    ).endswith(
        "CSAT Responded at day 1 10:00 is no `happy`: properties.score is 3, expected at least 4"
    )


def test_an_open_moment_says_what_it_waits_for() -> None:
    why = because('at: "09:00", event: Product Added, expect: {fmot: met}')
    assert why.endswith(
        "; `order` meets it; `friction` puts it at risk; "
        "it is missed at day 2 09:00 if no `order` comes (1 day left)"
    )


def test_a_key_without_an_instance_is_named() -> None:
    why = because('at: "09:00", event: Order Completed, order_id: o-1, expect: {smot o-2: open}')
    assert why == "smot has not opened: no `order` with key o-2 has come"


def test_an_event_ahead_of_the_clock_is_said_to_wait() -> None:
    why = because('at: "09:00", event: Product Added, happened: +3min, expect: {fmot: open}')
    assert why.endswith("Product Added at day 1 09:03 waits for the clock")


def test_an_event_too_late_fails_where_nobody_expects_it() -> None:
    (failure,) = told('at: "day 9 09:00", event: Product Added, happened: "-8d"')
    assert "expected  admitted\n    is        refused\n    because   it happened at " in failure


@pytest.mark.parametrize(
    ("expected", "found", "why"),
    [
        ("stage: use", "decision at day 1 09:00", "fmot.open"),
        ("fmot: none", "open at day 1 09:00", "decision, by Product Added at day 1 09:00"),
        ("fmot: [open, open]", "open at day 1 09:00", "decision, by"),
        ("fmot: {state: open, value: 5}", "open at day 1 09:00, value 20.0", "decision, by"),
        ("fmot: {state: open, reason: x}", "open at day 1 09:00, reason decision", "decision, by"),
        ("alert fmot: firing", "none", "fmot alerts when it is at risk or missed; there is open"),
        ("alert zmot: firing", "none", "the model has no alert for zmot"),
        ("event: refused", "admitted", "it happened near enough to its arrival"),
        ("umot: open", "none", "no `promoter` has come; 0 of 2 `smot.met`"),
        ("fmot: {state: open, labels: {channel: x}}", "open at day 1 09:00, label channel web", ""),
        ("fmot: {state: open, facts: {price: 5}}", "open at day 1 09:00, fact price 20", ""),
        ("facts: {price: 5}", "price 20", "price comes of Product Added at day 1 09"),
        ("facts: {wish: {exists: true}}", "wish none", "wish comes of Product Added"),
        ("facts: {orders: 1, contacts: 0}", "orders 0", "orders comes of `order`, and none"),
        ("facts: {spent: 20.00 EUR}", "spent none", "spent comes of `order`, and none"),
    ],
)
def test_each_kind_of_expectation_tells_what_is_there(expected: str, found: str, why: str) -> None:
    (failure,) = told(f'at: "09:00", event: Product Added, price: 20, expect: {{{expected}}}')
    assert f"    is        {found}\n" in failure
    assert why in failure


def test_an_alert_that_differs_says_in_which_field_and_since_when_it_is_so() -> None:
    (failure,) = told(
        'at: "09:00", event: Product Added, price: 20',
        'at: "+24h", expect: {alert fmot: {status: firing, severity: critical, team: care}}',
    )
    assert "expected  firing, severity critical, team care\n" in failure
    assert "is        firing, severity info, team crm\n" in failure
    assert "because   firing since day 2 09:00: fmot missed" in failure


def test_a_scenario_stops_at_the_first_step_that_differs_and_tells_all_of_it() -> None:
    failures = told(
        'at: "09:00", event: Product Added, expect: {fmot: met, stage: use, zmot: none}',
        'at: "10:00", expect: {fmot: met}',
    )
    assert [failure.splitlines()[1] for failure in failures] == [
        "  step 1, day 1 09:00: fmot",
        "  step 1, day 1 09:00: stage",
    ]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("at: 2026-11-21T09:00:00+01:00, event: Product Added", "fmot: open at 08:00"),
        ("at: 9:00:30, event: Product Added", "fmot: open at 09:00:30"),
        ('at: "09:00", event: Viewed Product', "stage: visiting at 09:00"),
        (f"{NINE}, properties.price: 5", "fmot: {state: open, value: 5, deadline: day 2 09:00}"),
        (f"{NINE}, happened: -1h", 'fmot: {state: open, at: "08:00"}'),
        (NINE, "fmot: [open]"),
        (NINE, "umot: none"),
        (f"{NINE}, price: 5", "facts: {price: 5}"),
        (f"{NINE}, price: 5", "facts: {price: {at-least: 4}, wish: none, firm: {exists: false}}"),
        (f"{NINE}, price: 5", "facts: {price: [4, 5]}"),
        (f"{NINE}, channel: tv", "fmot: {state: open, labels: {channel: tv}, facts: {orders: 0}}"),
        ('at: "09:00", event: Order Completed, total: 5', "facts: {spent: 5.00 EUR}"),
        ('at: "09:00", event: Consent Updated, purposes.marketing: true', "facts: {consent: true}"),
    ],
)
def test_ways_of_writing(first: str, then: str) -> None:
    assert told(first, f"at: +0.5h, expect: {{{then}}}") == []


ACCOUNT = """
model: firm
version: 1.0.0
title: What the shipped models of persons do not use
source: the tests
subject: account
stages: [heard-of]
signals:
  look: {events: Product Viewed, channel: {from: properties.channel, else: web}, polarity: 0.125}
  ask: {events: Quote Requested}
facts:
  people: {distinct: userId, of: look}
  account: {latest: context.groupId, of: look}
scores:
  interest: {by: [channel], moves: {look: polarity}}
  heat: {moves: {look: 1, meeting.open: 0.005}, half-life: 1d}
moments:
  silence:
    title: Quiet
    opens: {without: ask, for: 3d, since: look}
    met: {on: ask}
  meeting:
    title: Both
    opens: {sequence: [look, ask], within: 1d}
    met: {on: ask}
    lapses: {on: look}
"""
FIRM = Engine([parse_model(ACCOUNT, "firm.yaml")])


def of_the_firm(*steps: str) -> list[str]:
    """Run steps of an account; give each failure in words."""
    text = "- scenario: wrong\n  subject: account:acme\n  steps:\n"
    text += "".join(f"    - {{{step}}}\n" for step in steps)
    (scenario,) = read_scenarios(text, "s.yaml", FIRM.models[0])
    return [str(failure) for failure in outcome(FIRM, scenario)]


LOOK = "event: Product Viewed"


def test_an_account_is_its_people() -> None:
    assert (
        of_the_firm(
            f'at: "09:00", {LOOK}, expect: {{facts: {{people: 1, account: acme}}}}',
            f'at: "09:10", {LOOK}, who: ann, expect: {{facts: {{people: 2}}}}',
            f'at: "09:20", {LOOK}, who: ann, context.page.url: x, expect: {{facts: {{people: 2}}}}',
        )
        == []
    )


def test_a_score_is_read_to_two_decimals_as_of_the_step() -> None:
    scores = "interest: {channel: web, value: 0.12}, heat: 1"
    assert (
        of_the_firm(
            f'at: "09:00", {LOOK}, expect: {{scores: {{{scores}}}}}',
            'at: "+24h", expect: {scores: {heat: 0.5, interest: [{channel: tv, value: none}]}}',
        )
        == []
    )


@pytest.mark.parametrize(
    ("expected", "found", "why"),
    [
        ("scores: {heat: 2}", "heat 1.0", "heat comes of Product Viewed at day 1"),
        (
            "scores: {interest: {channel: tv, value: 1}}",
            "interest tv none",
            "interest comes of",
        ),
        ("scores: {heat: {more-than: 1, less-than: 5}}", "heat 1.0", ""),
        (
            "silence: open",
            "none",
            "it opens at day 4 09:00 if no `ask` comes, counted since Product Viewed",
        ),
        (
            "meeting: open",
            "none",
            "1 of 2 steps of `look` then `ask` within 1d (Product Viewed at day 1 09:00)",
        ),
    ],
)
def test_what_is_known_and_awaited_is_told(expected: str, found: str, why: str) -> None:
    (failure,) = of_the_firm(f'at: "09:00", {LOOK}, expect: {{{expected}}}')
    assert f"    is        {found}\n" in failure
    assert why in failure


def test_outcomes_are_told_beside_events() -> None:
    (failure,) = of_the_firm(
        f'at: "09:00", {LOOK}', 'at: "09:10", event: Quote Requested, expect: {scores: {heat: 9}}'
    )
    assert failure.endswith("Product Viewed at day 1 09:00, meeting.open at day 1 09:10")


def test_a_silence_that_nothing_waits_for_is_said() -> None:
    (failure,) = of_the_firm('at: "09:00", event: Quote Requested, expect: {silence: open}')
    assert "no `look` has come since which `ask` could stay away" in failure


@pytest.mark.parametrize("state", ["at risk", "at-risk", "at_risk", "at risk at 10:00"])
def test_at_risk_may_be_written_as_one_speaks(state: str) -> None:
    friction = f"at: +1h, event: Payment Failed, expect: {{fmot: {state}}}"
    assert told(NINE, friction) == []

"""What makes no sense in a model is refused: where, what was found and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from journey.errors import ModelError
from journey.language import parse_model

EVERYTHING = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")


def check(was: str, becomes: str, says: str) -> None:
    """Check what is said of the model with one thing replaced, to the column."""
    assert EVERYTHING.count(was) == 1, was
    with pytest.raises(ModelError) as caught:
        parse_model(EVERYTHING.replace(was, becomes), "m.yaml")
    assert str(caught.value) == f"m.yaml:{says}"


def test_everything_is_a_model() -> None:
    parse_model(EVERYTHING, "m.yaml")


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "    title: Helped once\n",
            "    titel: Helped once\n",
            "114:5: 'titel' is not a key of moments.answered; expected 'title'",
        ),
        (
            "{on: solved}\n    clock",
            "{on: 3}\n    clock",
            "85:12: expected a text or a list, got a whole number",
        ),
        (
            "        severity: critical",
            "        severity: loud",
            "92:9: invalid value 'loud'; expected one of info, warning, critical",
        ),
        (
            "      missed:\n        severity",
            "      mised:\n        severity",
            "90:5: invalid value 'mised'; expected 'missed'",
        ),
        ("subject: account", "subject: acount", "6:1: invalid value 'acount'; expected 'account'"),
        (
            "        unless: [busy",
            "        unles: [busy",
            "94:9: 'unles' is not a key of moments.promise.alert.missed; expected 'unless'",
        ),
        ("review: polarity}", "review: high}", "62:49: invalid value 'high'; expected 'polarity'"),
        (
            "event: Stay Paid",
            "evnt: Stay Paid",
            "121:37: 'evnt' is not a key of sectors.hospitality.order; expected 'event'",
        ),
        (
            "agent: properties.agent",
            "agent: 5",
            "88:14: expected a text or a list, got a whole number",
        ),
        (
            "enters: {on: look}",
            "entres: {on: look}",
            "20:5: 'entres' is not a key of stages.trial; expected 'enters'",
        ),
        (
            "not: {equals: true}",
            "not: {equal: true}",
            (
                "27:75: 'equal' is not a key of signals.look.where.properties.robot.not; expected "
                "'equals'"
            ),
        ),
        ("  first:\n", "  first: 3\n", "18:3: expected a mapping, got a whole number"),
        (
            "  busy: {open: promise}",
            "  busy: {open: promise}\n  busy: {open: habit}",
            "73:3: 'busy' stands twice in one mapping; expected it once",
        ),
        ("version: 1.0.0", "version: 1.0", "3:1: expected a text, got a number"),
    ],
)
def test_a_wrong_form_is_refused(was: str, becomes: str, says: str) -> None:
    check(was, becomes, says)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "opens: {on: ask}",
            "opens: {on: aks}",
            "83:13: 'aks' is not a signal of this model; expected 'ask'",
        ),
        (
            "opens: {on: habit.open}",
            "opens: {on: habit.opened}",
            "115:13: 'habit.opened' is not a signal of this model; expected 'habit.open'",
        ),
        (
            "enters: {on: [order, promise.met]",
            "enters: {on: [order, promise.meet]",
            "22:26: 'promise.meet' is not a signal of this model; expected 'promise.met'",
        ),
        (
            "{open: promise}",
            "{open: promis}",
            "72:10: 'promis' is not a moment of this model; expected 'promise'",
        ),
        (
            "{fact: orders,",
            "{fact: order,",
            "68:12: 'order' is not a fact of this model; expected 'orders'",
        ),
        (
            "tells: [orders, plan]",
            "tells: [orders, plann]",
            "89:21: 'plann' is not a fact of this model; expected 'plan'",
        ),
        (
            "{score: bond,",
            "{score: bonds,",
            "67:10: 'bonds' is not a score of this model; expected 'bond'",
        ),
        (
            "unless: [busy,",
            "unless: [bussy,",
            "94:18: 'bussy' is not a condition of this model; expected 'busy'",
        ),
        (
            "when: at-home}",
            "when: home}",
            "51:32: 'home' is not a condition of this model; expected 'at-home'",
        ),
        (
            "{all: [fond,",
            "{all: [fnod,",
            "73:16: 'fnod' is not a condition of this model; expected 'fond'",
        ),
        (
            "{not: either}",
            "{not: eithr}",
            "75:13: 'eithr' is not a condition of this model; expected 'either'",
        ),
        (
            "stage: [use, trial]",
            "stage: [use, trail]",
            "66:26: 'trail' is not a stage of this model; expected 'trial'",
        ),
        (
            "    stage: use",
            "    stage: used",
            "81:5: 'used' is not a stage of this model; expected 'use'",
        ),
        (
            "    in-stage: trial",
            "    in-stage: trail",
            "99:5: 'trail' is not a stage of this model; expected 'trial'",
        ),
        (
            "    in-stage: trial",
            "    in-stage: trial\n    stage: use",
            "99:5: `in-stage` beside `stage`; expected one of them",
        ),
        (
            "from: [trial, use]",
            "from: [trial, us]",
            "24:39: 'us' is not a stage of this model; expected 'use'",
        ),
        (
            "{calendar: office,",
            "{calendar: offices,",
            "86:13: 'offices' is not a calendar of this model; expected 'office'",
        ),
        (
            "within: $week",
            "within: $weeks",
            "103:37: 'weeks' is not a setting of this model; expected 'week'",
        ),
        (
            "{count: $looks",
            "{count: $look",
            "103:12: 'look' is not a setting of this model; expected 'looks'",
        ),
        (
            "{count: $looks",
            "{count: $vip",
            "103:12: expected a whole number, got a text; setting 'vip' is 'gold'",
        ),
        (
            "looks: 3",
            "looks: 1",
            "103:12: 1 is no count; expected 2 to 1,000",
        ),
        (
            "key: ticket",
            "key: tickets",
            "82:5: 'tickets' is not a key of this model; expected 'ticket'",
        ),
        (
            "{agent} owes",
            "{agnet} owes",
            "93:9: {agnet} is not known in this title; expected 'agent'",
        ),
        (
            "signal.channel\n\n",
            "signal.chanel\n\n",
            "12:3: 'signal.chanel' is no attribute of a signal; expected 'signal.channel'",
        ),
        (
            "plan: {latest: traits.plan",
            "plan: {latest: {from: signal.need}",
            "55:19: 'signal.need' is no path into an event; expected one like properties.plan",
        ),
        (
            "plan: {latest: traits.plan",
            "plan: {latest: {form: traits.plan}",
            "55:19: 'form' is not a key of facts.plan.latest; expected 'from'",
        ),
        (
            "[properties.total, properties.revenue]",
            "[properties.total, signal.about]",
            "30:31: 'signal.about' is no path into an event; expected one like properties.plan",
        ),
        (
            "    order: [{event: Booking",
            "    orders: [{event: Booking",
            "121:5: 'orders' is not a signal of this model; expected 'order'",
        ),
        (
            "    order: [{event: Booking",
            "    regular: [{event: Booking",
            "121:5: 'regular' is derived from signals; expected one that is of events",
        ),
    ],
)
def test_a_name_that_is_not_known_is_refused_with_the_nearest(
    was: str, becomes: str, says: str
) -> None:
    check(was, becomes, says)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "opens: {on: ask}",
            "opens: {on: [ask, habit.met]}",
            (
                "83:23: 'habit.met' comes from a moment that is not declared above 'promise'; "
                "expected one that is"
            ),
        ),
        (
            "opens: {on: habit.open}",
            "opens: {on: answered.met}",
            (
                "115:13: 'answered.met' comes from a moment that is not declared above 'answered'; "
                "expected one that is"
            ),
        ),
        (
            "{of: [look, order], when",
            "{of: [look, let-down], when",
            "51:24: 'let-down' is not declared above 'regular'; expected one that is",
        ),
        (
            "{of: [look, order], when",
            "{of: regular, when",
            "51:13: 'regular' is not declared above 'regular'; expected one that is",
        ),
    ],
)
def test_what_comes_from_below_is_refused(was: str, becomes: str, says: str) -> None:
    check(was, becomes, says)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "  answer: {events: Ticket Replied}",
            "  answer: {channel: mail}",
            "40:3: signal 'answer' has none; expected one of `events`, `any`, `of`",
        ),
        (
            "  answer: {events: Ticket Replied}",
            "  answer: {events: Ticket Replied, of: order}",
            "40:3: signal 'answer' has `events` and `of`; expected one of `events`, `any`, `of`",
        ),
        (
            "  answer: {events: Ticket Replied}",
            "  answer: {events: []}",
            "40:3: signal 'answer' names no event; expected one",
        ),
        (
            "  answer: {events: Ticket Replied}",
            "  answer: {any: []}",
            "40:3: signal 'answer' names no event; expected one",
        ),
        (
            "    channel: {from: [properties.channel",
            "    where: {properties.x: 1}\n    channel: {from: [properties.channel",
            "36:5: `where` belongs to `events`; expected it inside each match",
        ),
        (
            "  answer: {events: Ticket Replied}",
            "  answer: {events: Ticket Replied, when: fond}",
            "40:36: `when` belongs to `of`",
        ),
        (
            "polarity: -0.8",
            "polarity: -1.8",
            "47:43: -1.8 is not a polarity; expected a number from -1 to 1",
        ),
        ("2: -0.5,", "2: -5,", "43:57: -5 is not a polarity; expected a number from -1 to 1"),
        (
            "else: 0}",
            "else: none}",
            "43:81: 'none' is not a polarity; expected a number from -1 to 1",
        ),
        (
            "  answer: {events",
            "  habit.met: {events",
            "40:3: 'habit.met' is what became of a moment; expected another name",
        ),
    ],
)
def test_a_signal_that_makes_no_sense_is_refused(was: str, becomes: str, says: str) -> None:
    check(was, becomes, says)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "plan: {latest: traits.plan, of: look}",
            "plan: {latest: traits.plan, count: look}",
            (
                "55:3: fact 'plan' has `latest` and `count`; expected one of `latest`, `count`, "
                "`distinct`, `most`, `sum`"
            ),
        ),
        (
            "plan: {latest: traits.plan, of: look}",
            "plan: {of: look}",
            (
                "55:3: fact 'plan' has none; expected one of `latest`, `count`, `distinct`, "
                "`most`, `sum`"
            ),
        ),
        (
            "plan: {latest: traits.plan, of: look}",
            "plan: {latest: traits.plan}",
            "55:3: `latest` needs the signals that it is taken from; expected `of`",
        ),
        (
            "plan: {latest: traits.plan, of: look}",
            "plan: {latest: traits.plan, of: look, within: 2d}",
            "55:41: `within` belongs to `count`",
        ),
        (
            "plan: {latest: traits.plan, of: look}",
            "plan: {latest: [], of: look}",
            "55:10: no path is given; expected at least one",
        ),
        (
            "{count: order, within: 30d",
            "{count: order, of: look, within: 30d",
            "56:26: `of` beside `count`; expected the signals in `count` itself",
        ),
        (
            "{count: order, within: 30d",
            "{count: order, within: 3 business hours",
            (
                "56:26: '3 business hours' counts business hours, which cannot be used here; "
                "expected plain time, such as 8h or 7d"
            ),
        ),
        (
            "{sum: value, of: order}",
            "{sum: value, of: [order, ask]}",
            "59:35: signal 'ask' has no value to sum; expected one with `value`",
        ),
        (
            "{distinct: signal.channel, of: ask}",
            "{distinct: signal.channel, of: []}",
            "57:40: nothing is named; expected at least one signal",
        ),
    ],
)
def test_a_fact_that_makes_no_sense_is_refused(was: str, becomes: str, says: str) -> None:
    check(was, becomes, says)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "{survey: polarity, ask: 1}",
            "{survey: polarity, ask: polarity}",
            "63:42: 'ask' has no polarity; expected a number, or `polarity` in the signal",
        ),
        (
            "{survey: polarity, ask: 1}",
            "{survey: polarity, promise.met: polarity}",
            (
                "63:42: 'promise.met' has no polarity; expected a number, or `polarity` in the "
                "signal"
            ),
        ),
        (
            "{survey: polarity, ask: 1}",
            "{}",
            "63:3: score 'impression' is moved by nothing; expected signals in `moves`",
        ),
        (
            "{survey: polarity, ask: 1}",
            "{survey: 1.0e12}",
            "63:24: 1e+12 is too large for a score; expected at most 1,000,000,000",
        ),
        (
            "half-life: 90d",
            "half-life: 0.2s",
            "62:68: '0.2s' is too short for a half-life; expected at least 1s",
        ),
        (
            "by: [channel, about]",
            "by: [channel, channel]",
            "63:51: an attribute stands twice in `by`; expected each once",
        ),
        ("least: -50", "least: 50", "62:84: `least` is not below `most`"),
        (
            "  bond: {moves",
            "  orders: {moves",
            "62:3: 'orders' is a fact already; expected another name",
        ),
    ],
)
def test_a_score_that_makes_no_sense_is_refused(was: str, becomes: str, says: str) -> None:
    check(was, becomes, says)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "busy: {open: promise}",
            "busy: {open: promise, stage: use}",
            (
                "72:3: condition 'busy' has `stage` and `open`; expected one of `fact`, `score`, "
                "`stage`, `open`, `all`, `any`, `not`"
            ),
        ),
        (
            "busy: {open: promise}",
            "busy: {open: promise, at-least: 2}",
            "72:25: `at-least` belongs to `fact` or `score`, not to `open`",
        ),
        (
            "busy: {open: promise}",
            "busy: {}",
            (
                "72:3: condition 'busy' has none; expected one of `fact`, `score`, `stage`, "
                "`open`, `all`, `any`, `not`"
            ),
        ),
        (
            "{fact: orders, more-than: 0}",
            "{fact: orders}",
            "68:3: condition 'bought' compares with nothing; expected one like `at-least`",
        ),
        (
            "{fact: orders, more-than: 0}",
            "{fact: orders, below-others: 0}",
            "68:26: `below-others` belongs to `score`, not to `fact`",
        ),
        (
            "{score: bond, at-least: $fond,",
            "{score: bond, exists: true,",
            "67:23: `exists` belongs to `fact`: a score that nothing moved is 0",
        ),
        (
            "{score: bond, at-least: $fond,",
            "{score: bond, equals: much,",
            "67:23: 'much' is not a number; a score is compared with one",
        ),
        (
            "{score: bond, at-least: $fond,",
            "{score: bond, below-others: 2,",
            "67:23: score 'bond' has no others; expected one with `by`",
        ),
        ("{any: [bought, on-gold]}", "{any: []}", "74:12: `any` of nothing; expected conditions"),
        (
            "{any: [bought, on-gold]}",
            "{any: [bought, not-both]}",
            "73:3: condition 'both' goes round in a circle; expected it not to ask itself",
        ),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(was: str, becomes: str, says: str) -> None:
    check(was, becomes, says)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "  first:\n",
            "  first: {enters: {on: look}}\n",
            (
                "18:11: no stage comes before the first one; expected `from`, with later stages or "
                "any"
            ),
        ),
        (
            "  first:\n",
            "  any:\n",
            "18:3: 'any' is no name for a stage, because `from: any` means all of them",
        ),
    ],
)
def test_a_stage_that_makes_no_sense_is_refused(was: str, becomes: str, says: str) -> None:
    check(was, becomes, says)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "opens: {on: ask}",
            "opens: {}",
            "83:5: nothing that opens it; expected `on`, `count`, `sequence` or `without`",
        ),
        (
            "opens: {on: ask}",
            "opens: {on: []}",
            "83:13: nothing is named; expected at least one signal",
        ),
        (
            "opens: {on: ask}",
            "opens: {on: ask, count: 2, of: look}",
            "83:5: `on` and `count`; expected each of them inside `any`",
        ),
        (
            "opens: {on: ask}",
            "opens: {on: ask, within: 2d}",
            "83:22: `within` beside `on`; it belongs to `count` or `sequence`",
        ),
        (
            "opens: {on: ask}",
            "opens: {any: [{on: ask}], on: look}",
            "83:5: `any` stands alone; expected each way inside it",
        ),
        (
            "opens: {on: ask}",
            "opens: {any: []}",
            "83:13: `any` of nothing; expected ways of opening",
        ),
        (
            "opens: {on: ask}",
            "opens: {any: [{any: [{on: ask}]}]}",
            "83:19: nothing that opens it; expected `on`, `count`, `sequence` or `without`",
        ),
        (
            "- {on: review}",
            "- {sequence: [ask, look]}",
            "104:11: `sequence` is given twice; expected once",
        ),
        (
            "{count: $looks, of: look",
            "{count: 1, of: look",
            "103:12: 1 is no count; expected 2 to 1,000",
        ),
        (
            "{count: $looks, of: look",
            "{count: 1001, of: look",
            "103:12: 1001 is no count; expected 2 to 1,000",
        ),
        (
            "{count: $looks, of: look",
            "{count: 3",
            "103:11: `count` needs the signals that are counted; expected `of`",
        ),
        (
            "[order, [ask, look], survey]",
            "[order]",
            "104:12: a sequence of one step; expected two or more",
        ),
        (
            "{without: look, for: 30d, since: order}",
            "{without: look, for: 30d}",
            "105:11: `without` needs `for` and `since`; expected `since`",
        ),
        (
            "{without: look, for: 30d, since: order}",
            "{without: look}",
            "105:11: `without` needs `for` and `since`; expected `for` and `since`",
        ),
        (
            "{without: look, for: 30d, since: order}",
            "{for: 30d, since: order}",
            "105:11: nothing that opens it; expected `without`, with `for` and `since`",
        ),
        (
            "{without: look, for: 30d, since: order}",
            "{without: look, for: 8 business hours, since: order}",
            (
                "105:27: '8 business hours' counts business hours, which cannot be used here; "
                "expected plain time, such as 8h or 7d"
            ),
        ),
    ],
)
def test_a_way_of_opening_that_makes_no_sense_is_refused(was: str, becomes: str, says: str) -> None:
    check(was, becomes, says)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "    every: {on: answer",
            "    met: {on: answer}\n    every: {on: answer",
            "85:5: moment 'promise' has both `met` and `every`; expected one of them",
        ),
        (
            "    met: {on: [regular, answer], within: 7d}\n",
            "",
            "113:3: moment 'answered' has neither `met` nor `every`; expected one of them",
        ),
        (
            "    met: {on: [regular, answer], within: 7d}\n",
            "    met: {on: answer}\n    ends: {on: solved}\n",
            "117:5: `ends` belongs to a chain; expected `every` in place of `met`",
        ),
        (
            "    met: {on: [regular, answer], within: 7d}\n",
            "    met: {within: 7d}\n",
            "116:5: nothing meets it; expected `on`, or `quiet` and `for`",
        ),
        (
            "    met: {on: [regular, answer], within: 7d}\n",
            "    every: {on: answer, within: 7d}\n",
            "116:5: this chain never ends; expected `ends` or `lapses` beside `every`",
        ),
        (
            "    met: {on: [regular, answer], within: 7d}\n",
            "    every: {on: answer, within: 59min}\n    ends: {on: solved}\n",
            "116:25: '59min' is too short for the window of a chain; expected at least 1h",
        ),
        ("{quiet: lapse, for: 60d}", "{quiet: lapse}", "106:43: `quiet` and `for` belong together"),
        (
            "{quiet: lapse, for: 60d}",
            "{on: ask, within: 60d}",
            "106:53: 'within' is given twice; expected once",
        ),
        (
            "{quiet: lapse, for: 60d}",
            "{any: [{on: ask}]}",
            "106:43: `any` inside `any`; expected one list of ways",
        ),
        (
            "lapses: {on: lapse}",
            "lapses: {}",
            "87:5: `lapses` of nothing; expected `on`, or `without`",
        ),
        (
            "lapses: {on: lapse}",
            "lapses: {without: lapse}",
            "87:5: `without` and `for` belong together",
        ),
        (
            "    opens: {on: habit.open}\n",
            "    opens: {on: habit.open}\n    at-risk: {}\n",
            "116:5: `at-risk` of nothing; expected `on`",
        ),
    ],
)
def test_a_way_of_ending_that_makes_no_sense_is_refused(was: str, becomes: str, says: str) -> None:
    check(was, becomes, says)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "clock: {calendar: office, pause",
            "clock: {pause",
            "84:25: '8 business hours' needs opening hours; expected `calendar` in `clock`",
        ),
        (
            "at-risk-before: $warning",
            "at-risk-before: $patience",
            (
                "84:44: '8 business hours' is not shorter than the time to the deadline; expected "
                "less"
            ),
        ),
        (
            "at-risk-before: $warning",
            "at-risk-before: 2h",
            (
                "84:44: '2h' is plain time, but the deadline is in business hours; expected "
                "business hours"
            ),
        ),
        (
            "before: 2h}",
            "before: 24h}",
            "107:35: '24h' is not shorter than the time to the deadline; expected less",
        ),
        (
            "before: 2h}",
            "before: 2 business hours}",
            "107:35: '2 business hours' needs opening hours; expected `calendar` in `clock`",
        ),
        (
            "{on: order, within: 24h}, {quiet",
            "{on: order}, {quiet",
            "107:35: `before` needs a deadline; expected `within` in `met`",
        ),
        (
            "[regular, answer], within: 7d}\n",
            "answer}\n    clock: {reset: look}\n",
            "117:5: `clock` needs a deadline; expected `within` in `met`",
        ),
        (
            "    lapses: {on: lapse}",
            "    lapses: {on: lapse}\n    at-risk: {before: 1 business hour}",
            "88:15: `before` beside `every.at-risk-before`; expected one of them",
        ),
        (
            "pause: {on: waits, until: goes-on}",
            "pause: {on: waits}",
            "86:31: object missing required field `until`",
        ),
        (
            "resolves-after: 2d",
            "resolves-after: soon",
            (
                "96:9: 'soon' is not a duration; expected a number above 0 and a unit, such as "
                "30min, 24h, 7d or 8 business hours"
            ),
        ),
        (
            "    stage: use",
            "    at-once: true",
            "81:5: `at-once` beside `every`; a chain's windows open at the end of one another",
        ),
        (
            "opens: {on: habit.open}",
            "opens: {without: look, for: 1d, since: order}",
            "117:5: `at-once`, but no event opens it; expected `on`, `count` or `sequence`",
        ),
        (
            "week: 7d",
            "week: 0d",
            "103:37: '0d' is not a duration; expected a number above 0, and at most 36500 days",
        ),
        (
            "week: 7d",
            "week: 99999999999999999999",
            "103:37: expected a text, got a whole number; setting 'week' is 99999999999999999999",
        ),
    ],
)
def test_a_deadline_that_makes_no_sense_is_refused(was: str, becomes: str, says: str) -> None:
    check(was, becomes, says)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            "{agent: properties.agent, via",
            "{value: properties.agent, via",
            "88:14: 'value' is in every title; expected another name for the label",
        ),
        (
            "{agent: properties.agent, via",
            "{orders: properties.agent, via",
            "88:14: 'orders' is a fact that it tells; expected another name for the label",
        ),
        (
            "tells: [orders, plan]",
            "tells: [orders, orders]",
            "89:21: 'orders' stands twice; expected another fact",
        ),
    ],
)
def test_a_word_in_titles_that_means_two_things_is_refused(
    was: str, becomes: str, says: str
) -> None:
    check(was, becomes, says)


def test_a_moment_does_not_wait_for_what_is_derived_from_moments_below_alone() -> None:
    text = EVERYTHING.replace("{of: [promise.missed, regular]", "{of: [promise.missed]")
    with pytest.raises(ModelError, match="'let-down' comes from a moment that is not declared"):
        parse_model(text.replace("opens: {on: ask}", "opens: {on: [ask, let-down]}"), "m.yaml")


def test_what_is_defined_and_not_used_is_no_error() -> None:
    parse_model(EVERYTHING.replace("        unless: [busy, no-plan]\n", ""), "m.yaml")

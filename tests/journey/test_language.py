"""What each construct means, as stories; the oracle and the engine must both tell them so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from journey import identity
from tests.journey.histories import SUBJECT
from tests.journey.stories import Story, by_engine, by_oracle
from tests.journey.timeline import instant

Tell = Callable[[str], Story]


@pytest.fixture(params=[by_oracle, by_engine])
def tell(request: pytest.FixtureRequest) -> Tell:
    return lambda text: Story(request.param, text)


def test_a_count_opens_within_its_window_bounds_included(tell: Tell) -> None:
    story = tell("moments: {m: {title: M, opens: {count: 2, of: a, within: 3h}, met: {on: d}}}")
    story.at("0.00:00", "A")
    story.at("0.03:01", "A")
    assert story.moments("m") == []
    story.at("0.06:01", "A")
    assert story.moments("m") == ["open 0.06:01"]
    assert story.evidence("m") == ["m02 opened", "m03 opened"]


def test_what_comes_too_soon_after_the_one_counted_is_not_counted(tell: Tell) -> None:
    story = tell(
        "moments: {m: {title: M, opens: {count: 3, of: a, within: 6h, apart: 2h}, met: {on: d}}}"
    )
    for hour in ("0", "1", "2", "3", "4"):
        story.at(f"0.0{hour}:00", "A")
    assert story.moments("m") == ["open 0.04:00"]
    assert story.evidence("m") == ["m01 opened", "m03 opened", "m05 opened"]


def test_a_count_begins_anew_after_an_opening(tell: Tell) -> None:
    story = tell("moments: {m: {title: M, opens: {count: 2, of: a}, met: {on: d}}}")
    for when, name in (("0.00:00", "A"), ("0.01:00", "A"), ("0.02:00", "D"), ("0.03:00", "A")):
        story.at(when, name)
    assert story.moments("m") == ["met 0.02:00"]
    story.at("0.04:00", "A")
    assert story.moments("m") == ["met 0.02:00", "open 0.04:00"]


def test_a_count_and_a_sequence_begin_anew_after_a_silence_has_opened(tell: Tell) -> None:
    for way in ("{count: 2, of: a}", "{sequence: [a, a]}"):
        story = tell(
            f"moments: {{m: {{title: M, opens: {{any: [{way}, "
            "{without: c, for: 1h, since: b}]}, met: {on: d}}}"
        )
        for when, name in (("0.00:00", "A"), ("0.01:00", "B"), ("0.03:00", "D")):
            story.at(when, name)
        story.at("0.04:00", "A")
        assert story.moments("m") == ["met 0.03:00"]


def test_what_happens_while_an_instance_is_open_is_not_counted(tell: Tell) -> None:
    story = tell(
        "moments: {m: {title: M, opens: {any: [{on: b}, {count: 2, of: a}]}, met: {on: d}}}"
    )
    for when, name in (("0.00:00", "B"), ("0.01:00", "A"), ("0.02:00", "D"), ("0.03:00", "A")):
        story.at(when, name)
    assert story.moments("m") == ["met 0.02:00"]


WITHOUT_B = "m: {title: M, key: id, opens: {on: a}, met: {on: b, within: 6h}}"


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("{count: 2, of: m.missed, within: 3h}", ["open 0.08:00"]),
        ("{count: 2, of: m.missed, apart: 3h}", []),
        ("{sequence: [m.missed, c], within: 3h}", ["open 0.09:00"]),
    ],
)
def test_what_became_of_moments_counts_when_it_became_so(
    tell: Tell, way: str, said: list[str]
) -> None:
    story = tell(f"moments: {{{WITHOUT_B}, n: {{title: N, opens: {way}, met: {{on: d}}}}}}")
    story.at("0.00:00", "A", id="x")  # missed at 06:00
    story.at("0.02:00", "A", id="y")  # missed at 08:00
    story.at("0.09:00", "C")
    assert story.moments("n") == said


SEQUENCE = "moments: {m: {title: M, opens: {sequence: [a, b, c], within: 6h}, met: {on: d}}}"


def test_a_sequence_opens_with_the_latest_chain_of_its_steps(tell: Tell) -> None:
    story = tell(SEQUENCE)
    for at, name in enumerate("ABBC"):
        story.at(f"0.0{at}:00", name)
    assert story.moments("m") == ["open 0.03:00"]
    assert story.evidence("m") == ["m01 opened", "m03 opened", "m04 opened"]


def test_a_sequence_may_take_all_its_time_and_no_more(tell: Tell) -> None:
    story = tell(SEQUENCE)
    for when, name in (("0.00:00", "A"), ("0.05:00", "B"), ("0.06:00", "C")):
        story.at(when, name)
    assert story.moments("m") == ["open 0.06:00"]
    story = tell(SEQUENCE)
    for when, name in (("0.00:00", "A"), ("0.05:00", "B"), ("0.06:01", "C")):
        story.at(when, name)
    assert story.moments("m") == []


def test_other_events_between_the_steps_do_not_matter_and_a_new_start_replaces_the_old(
    tell: Tell,
) -> None:
    story = tell(SEQUENCE)
    for when, name in (("0.00:00", "A"), ("0.03:00", "A"), ("0.04:00", "D"), ("0.05:00", "B")):
        story.at(when, name)
    story.at("0.09:00", "C")
    assert story.evidence("m") == ["m02 opened", "m04 opened", "m05 opened"]


def test_one_event_takes_one_step_of_a_chain(tell: Tell) -> None:
    story = tell("moments: {m: {title: M, opens: {sequence: [a, a]}, met: {on: d}}}")
    story.at("0.00:00", "A")
    assert story.moments("m") == []
    story.at("0.01:00", "A")
    assert story.moments("m") == ["open 0.01:00"]


def test_a_sequence_begins_anew_after_it_opened(tell: Tell) -> None:
    story = tell("moments: {m: {title: M, opens: {sequence: [a, b]}, met: {on: d}}}")
    for at, name in enumerate("ABDB"):
        story.at(f"0.0{at}:00", name)
    assert story.moments("m") == ["met 0.02:00"]


SILENCE = "moments: {m: {title: M, opens: {without: b, for: 3h, since: a}, met: {on: d}}}"


def test_a_silence_opens_at_its_end(tell: Tell) -> None:
    story = tell(SILENCE)
    story.at("0.01:00", "A")
    story.clock("0.03:59")
    assert story.moments("m") == []
    story.clock("0.04:00")
    assert story.moments("m") == ["open 0.04:00"]
    opened = identity.moment_instance("story", SUBJECT, "m", None, "m01", instant("0.04:00"))
    assert story.word("m")["instance"] == opened
    assert [one["message_id"] for one in story.word("m")["evidence"]] == ["m01"]


def test_a_silence_is_broken_even_in_its_last_instant(tell: Tell) -> None:
    story = tell(SILENCE)
    story.at("0.01:00", "A")
    story.at("0.04:00", "B")
    story.clock("1.00:00")
    assert story.moments("m") == []


def test_a_silence_is_counted_from_the_last_that_it_is_counted_from(tell: Tell) -> None:
    story = tell(SILENCE)
    story.at("0.01:00", "A")
    story.at("0.03:00", "A")
    story.clock("1.00:00")
    assert story.moments("m") == ["open 0.06:00"]


def test_after_a_silence_nothing_opens_until_it_is_armed_again(tell: Tell) -> None:
    story = tell(SILENCE)
    story.at("0.01:00", "A")
    story.at("0.05:00", "D")
    story.clock("2.00:00")
    assert story.moments("m") == ["met 0.05:00"]
    story.at("2.00:00", "A")
    story.clock("3.00:00")
    assert story.moments("m") == ["met 0.05:00", "open 2.03:00"]


def test_a_silence_that_ends_while_an_instance_is_open_opens_none_but_is_armed_by_then(
    tell: Tell,
) -> None:
    story = tell(SILENCE)
    story.at("0.01:00", "A")
    story.at("0.05:00", "A")  # while the first is open: armed for 08:00
    story.at("0.06:00", "D")
    story.clock("0.08:00")
    assert story.moments("m") == ["met 0.06:00", "open 0.08:00"]
    story.at("0.09:00", "A")  # armed for 12:00, when the second is still open
    story.at("0.13:00", "D")
    story.clock("1.00:00")
    assert story.moments("m") == ["met 0.06:00", "met 0.13:00"]


def test_a_signal_that_is_waited_for_and_counted_from_arms(tell: Tell) -> None:
    story = tell(
        "moments: {m: {title: M, opens: {without: [a, b], for: 3h, since: a}, met: {on: d}}}"
    )
    story.at("0.01:00", "A")
    story.clock("0.04:00")
    assert story.moments("m") == ["open 0.04:00"]


CHAIN = """
moments:
  m:
    title: M
    key: id
    opens: {on: a}
    every: {on: b, within: 6h, at-risk-before: 2h}
    ends: {on: c}
    missed: {on: d}
"""


def test_each_window_of_a_chain_opens_with_the_end_of_the_one_before(tell: Tell) -> None:
    story = tell(CHAIN)
    story.at("0.00:00", "A", id="x")
    story.at("0.02:00", "B", id="x")
    assert story.moments("m") == ["met 0.02:00", "open 0.02:00"]
    assert story.evidence("m") == ["m02 opened"]
    story.clock("0.06:00")
    assert story.moments("m") == ["met 0.02:00", "at_risk 0.06:00"]
    story.clock("0.08:00")
    assert story.moments("m") == ["met 0.02:00", "missed 0.08:00", "open 0.08:00"]
    story.at("0.09:00", "C", id="x")
    story.clock("5.00:00")
    assert story.moments("m") == ["met 0.02:00", "missed 0.08:00", "met 0.09:00"]


def test_windows_are_known_by_the_event_or_the_deadline_that_opened_them(tell: Tell) -> None:
    story = tell(CHAIN)
    story.at("0.00:00", "A", id="x")
    story.at("0.02:00", "B", id="x")
    story.clock("0.08:00")
    second = identity.moment_instance("story", SUBJECT, "m", "x", "m02", instant("0.02:00"))
    third = identity.moment_instance("story", SUBJECT, "m", "x", second, instant("0.08:00"))
    assert [word["instance"] for word in story.words("m")][1:] == [second, third]


def test_a_window_that_an_event_misses_opens_the_next_too(tell: Tell) -> None:
    story = tell(CHAIN)
    story.at("0.00:00", "A", id="x")
    story.at("0.03:00", "D", id="x")
    assert story.moments("m") == ["missed 0.03:00", "open 0.03:00"]
    assert story.deadline("m") == "0.09:00"


def test_a_chain_that_has_ended_begins_again_when_it_opens(tell: Tell) -> None:
    story = tell(CHAIN)
    story.at("0.00:00", "A", id="x")
    story.at("0.01:00", "C", id="x")
    story.at("0.02:00", "B", id="x")
    assert story.moments("m") == ["met 0.01:00"]
    story.at("0.03:00", "A", id="x")
    assert story.moments("m") == ["met 0.01:00", "open 0.03:00"]


def test_a_chain_lapses_without_a_next_window(tell: Tell) -> None:
    story = tell(
        "moments: {m: {title: M, opens: {on: a}, every: {on: b, within: 6h}, lapses: {on: c}}}"
    )
    story.at("0.00:00", "A")
    story.at("0.01:00", "B")
    story.at("0.02:00", "C")
    story.clock("5.00:00")
    assert story.moments("m") == ["met 0.01:00", "lapsed 0.02:00"]


def test_a_moment_lapses_on_a_signal(tell: Tell) -> None:
    story = tell("moments: {m: {title: M, opens: {on: a}, met: {on: b}, lapses: {on: c}}}")
    story.at("0.00:00", "A")
    story.at("0.01:00", "C")
    story.at("0.02:00", "B")
    assert story.moments("m") == ["lapsed 0.01:00"]
    assert story.evidence("m") == ["m01 opened", "m02 lapsed"]


def test_what_meets_comes_before_what_misses_and_that_before_what_lapses(tell: Tell) -> None:
    signals = """
signals:
  a: {events: A}
  met: {events: [B, C]}
  missed: {events: [B, D]}
  lapsed: {events: [B, D, E]}
"""
    rules = "met: {on: met}, missed: {on: missed}, lapses: {on: lapsed}"
    for name, state in (("B", "met"), ("C", "met"), ("D", "missed"), ("E", "lapsed")):
        story = tell(f"{signals}moments: {{m: {{title: M, opens: {{on: a}}, {rules}}}}}")
        story.at("0.00:00", "A")
        story.at("0.01:00", name)
        assert story.moments("m") == [f"{state} 0.01:00"]


def test_an_event_that_closes_an_instance_does_not_open_another(tell: Tell) -> None:
    story = tell("moments: {m: {title: M, opens: {on: [a, b]}, met: {on: b}}}")
    story.at("0.00:00", "A")
    story.at("0.01:00", "B")
    assert story.moments("m") == ["met 0.01:00"]
    story.at("0.02:00", "B")
    assert story.moments("m") == ["met 0.01:00", "open 0.02:00"]


PAUSED = """
moments:
  m:
    title: M
    opens: {on: a}
    met: {on: b, within: 6h}
    at-risk: {before: 2h}
    clock: {pause: {on: c, until: d}}
"""


def test_the_time_of_a_pause_does_not_count(tell: Tell) -> None:
    story = tell(PAUSED)
    story.at("0.00:00", "A")
    story.at("0.02:00", "C")
    story.clock("0.20:00")
    assert story.moments("m") == ["open 0.00:00"]
    story.at("0.20:00", "D")
    story.clock("0.21:59")
    assert story.moments("m") == ["open 0.00:00"]
    story.clock("0.22:00")
    assert story.moments("m") == ["at_risk 0.22:00"]
    assert story.deadline("m") == "1.00:00"
    story.clock("1.00:00")
    assert story.moments("m") == ["missed 1.00:00"]


def test_a_pause_that_begins_at_the_deadline_holds_it_back(tell: Tell) -> None:
    story = tell(PAUSED)
    story.at("0.00:00", "A")
    story.at("0.06:00", "C")
    story.clock("0.07:00")
    assert story.moments("m") == ["at_risk 0.04:00"]
    story.at("0.08:00", "D")
    assert story.moments("m") == ["missed 0.08:00"]


def test_a_second_pause_and_a_second_resumption_change_nothing(tell: Tell) -> None:
    story = tell(PAUSED)
    for when, name in (("0.00:00", "A"), ("0.01:00", "C"), ("0.02:00", "C"), ("0.03:00", "D")):
        story.at(when, name)
    story.at("0.04:00", "D")
    story.clock("5.00:00")
    assert story.moments("m") == ["missed 0.08:00"]


def test_a_paused_moment_can_be_met(tell: Tell) -> None:
    story = tell(PAUSED)
    for when, name in (("0.00:00", "A"), ("0.01:00", "C"), ("0.09:00", "B")):
        story.at(when, name)
    assert story.moments("m") == ["met 0.09:00"]


def test_a_pause_goes_on_in_a_moment_that_is_judged_after_it_closed(tell: Tell) -> None:
    story = tell(
        """
signals: {a: {events: A}, b: {events: B}, c: {events: C}, met: {events: D}, d: {events: D}}
moments:
  m:
    title: M
    opens: {on: a}
    met: {on: met, within: 6h}
    missed: {on: b}
    after-close: true
    clock: {pause: {on: c, until: d}}
"""
    )
    for when, name in (("0.00:00", "A"), ("0.01:00", "C"), ("0.02:00", "D"), ("0.03:00", "B")):
        story.at(when, name)
    assert story.moments("m") == ["missed 0.03:00"]
    assert story.deadline("m") is None


def test_a_pause_is_of_the_whole_chain(tell: Tell) -> None:
    story = tell(
        """
moments:
  m:
    title: M
    opens: {on: a}
    every: {on: b, within: 6h}
    lapses: {without: a, for: 90d}
    clock: {pause: {on: c, until: d}}
"""
    )
    for when, name in (("0.00:00", "A"), ("0.01:00", "C"), ("0.09:00", "B")):
        story.at(when, name)
    story.clock("1.00:00")
    assert story.moments("m") == ["met 0.09:00", "open 0.09:00"]
    story.at("1.00:00", "D")
    story.clock("1.06:00")
    assert story.moments("m") == ["met 0.09:00", "missed 1.06:00", "open 1.06:00"]


def test_a_reset_counts_the_deadline_anew(tell: Tell) -> None:
    story = tell(
        """
moments:
  m:
    title: M
    opens: {on: a}
    met: {on: b, within: 6h}
    at-risk: {before: 2h}
    clock: {reset: c}
"""
    )
    story.at("0.00:00", "A")
    story.at("0.03:00", "C")
    story.clock("0.06:59")
    assert story.moments("m") == ["open 0.00:00"]
    story.clock("0.07:00")
    assert story.moments("m") == ["at_risk 0.07:00"]
    story.at("0.08:00", "C")
    story.clock("0.13:59")
    assert story.moments("m") == ["at_risk 0.07:00"]
    story.clock("0.14:00")
    assert story.moments("m") == ["missed 0.14:00"]


def test_deadlines_in_business_hours_are_counted_in_the_calendar(tell: Tell) -> None:
    story = tell(
        """
moments:
  m:
    title: M
    opens: {on: a}
    met: {on: b, within: 8 business hours}
    at-risk: {before: 2 business hours}
    clock: {calendar: office, pause: {on: c, until: d}}
"""
    )
    story.at("0.12:00", "A")
    assert story.deadline("m") == "1.12:00"
    story.clock("1.10:00")
    assert story.moments("m") == ["at_risk 1.10:00"]
    story.at("1.11:00", "C")  # Friday; an hour is left
    story.at("2.11:00", "D")  # Saturday
    story.clock("4.09:59")
    assert story.moments("m") == ["at_risk 1.10:00"]
    story.clock("4.10:00")  # Monday
    assert story.moments("m") == ["missed 4.10:00"]


def test_what_is_left_in_a_pause_is_open_time_however_long_it_is_closed_in_between(
    tell: Tell,
) -> None:
    story = tell(
        "moments: {m: {title: M, opens: {on: a}, met: {on: b, within: 4 business hours}, "
        "clock: {calendar: office, pause: {on: c, until: d}}}}"
    )
    story.at("0.14:00", "A")
    story.at("0.16:00", "C")  # an hour today and one tomorrow are left
    story.at("1.10:00", "D")
    story.clock("1.11:59")
    assert story.moments("m") == ["open 0.14:00"]
    story.clock("1.12:00")
    assert story.moments("m") == ["missed 1.12:00"]


def test_plain_time_is_plain_in_spite_of_a_calendar(tell: Tell) -> None:
    story = tell(
        "moments: {m: {title: M, opens: {on: a}, met: {on: b, within: 8h}, "
        "clock: {calendar: office}}}"
    )
    story.at("2.12:00", "A")
    story.clock("2.20:00")
    assert story.moments("m") == ["missed 2.20:00"]


def test_a_signal_at_a_deadline_comes_before_it(tell: Tell) -> None:
    story = tell("moments: {m: {title: M, opens: {on: a}, met: {on: b, within: 6h}}}")
    story.at("0.00:00", "A")
    story.at("0.06:00", "B")
    assert story.moments("m") == ["met 0.06:00"]


def test_what_a_signal_has_put_at_risk_the_clock_does_not_put_there_again(tell: Tell) -> None:
    story = tell(
        "moments: {m: {title: M, opens: {on: a}, met: {on: b, within: 6h}, "
        "at-risk: {on: c, before: 2h}}}"
    )
    story.at("0.00:00", "A")
    story.at("0.01:00", "C")
    story.clock("0.05:00")
    assert story.moments("m") == ["at_risk 0.01:00"]


def test_after_its_close_nothing_meets_a_moment_once_its_deadline_is_over(tell: Tell) -> None:
    story = tell(
        "moments: {m: {title: M, after-close: true, opens: {on: a}, met: {on: b, within: 6h}, "
        "missed: {on: c}}}"
    )
    story.at("0.00:00", "A")
    story.at("0.01:00", "C")
    story.at("0.06:00", "B")
    assert story.moments("m") == ["met 0.06:00"]
    story.at("0.07:00", "C")
    story.at("0.08:00", "B")
    assert story.moments("m") == ["missed 0.07:00"]


def test_of_deadlines_at_one_instant_quiet_comes_before_due(tell: Tell) -> None:
    story = tell(
        "moments: {m: {title: M, opens: {on: a}, "
        "met: {any: [{on: b, within: 6h}, {quiet: c, for: 6h}]}, lapses: {without: d, for: 6h}}}"
    )
    story.at("0.00:00", "A")
    story.clock("1.00:00")
    assert story.moments("m") == ["met 0.06:00"]


FACTS = """
signals:
  a: {events: A, value: properties.n, channel: web}
  b: {events: B, channel: {from: properties.via}}
  c: {events: C}
facts:
  plan: {latest: properties.plan, of: [a, b]}
  all: {count: [a, b]}
  few: {count: a, within: 3h}
  kinds: {distinct: properties.kind, of: a}
  often: {most: properties.kind, of: a}
  spent: {sum: value, of: a}
  way: {latest: signal.channel, of: [a, b]}
  until: {count: a, until: b}
moments:
  m: {title: M, opens: {on: c}, met: {on: c},
      tells: [plan, all, few, kinds, often, spent, way, until]}
"""


def test_facts_are_told_as_they_are_when_it_is_said(tell: Tell) -> None:
    story = tell(FACTS)
    story.at("0.00:00", "A", n=2, kind="y", plan="gold")
    story.at("0.01:00", "A", n=3, kind="x", currency="GBP")
    story.at("0.02:00", "A", n="1.5", kind="x", plan=7)
    story.at("0.03:00", "C")
    assert story.word("m")["facts"] == {
        "plan": 7,
        "all": 3,
        "few": 2,
        "kinds": 2,
        "often": "x",
        "spent": {"EUR": 3.5, "GBP": 3.0},
        "way": "web",
        "until": 3,
    }


def test_an_event_is_in_the_facts_before_the_moments_take_it(tell: Tell) -> None:
    story = tell(
        "facts: {n: {count: a}}\nmoments: {m: {title: M, opens: {on: a}, met: {on: b}, tells: [n]}}"
    )
    story.at("0.00:00", "A")
    assert story.word("m")["facts"] == {"n": 1}


def test_a_count_of_what_is_long_past_is_none(tell: Tell) -> None:
    story = tell(FACTS)
    story.at("0.00:00", "A")
    story.at("0.04:00", "C")
    assert (story.word("m")["facts"]["few"], story.word("m")["facts"]["all"]) == (0, 1)


def test_what_is_not_known_is_not_told_but_none_are_counted_as_none(tell: Tell) -> None:
    story = tell(FACTS)
    story.at("0.00:00", "C")
    assert story.word("m")["facts"] == {"all": 0, "few": 0, "kinds": 0, "until": 0}


def test_of_values_equally_frequent_the_least_is_told(tell: Tell) -> None:
    story = tell(FACTS)
    for kind in ("y", "x"):
        story.at("0.00:00", "A", kind=kind)
    story.at("0.01:00", "C")
    assert story.word("m")["facts"]["often"] == "x"


def test_a_fact_changes_no_more_after_its_end(tell: Tell) -> None:
    story = tell(FACTS)
    for when, name in (("0.00:00", "A"), ("0.01:00", "B"), ("0.02:00", "A"), ("0.03:00", "C")):
        story.at(when, name, via="shop")
    assert story.word("m")["facts"]["until"] == 1
    assert story.word("m")["facts"]["way"] == "web"


def test_the_signal_that_ends_a_fact_still_counts(tell: Tell) -> None:
    story = tell(
        "facts: {n: {count: [a, b], until: b}}\n"
        "moments: {m: {title: M, opens: {on: c}, met: {on: d}, tells: [n]}}"
    )
    for when, name in (("0.00:00", "A"), ("0.01:00", "B"), ("0.02:00", "B"), ("0.03:00", "C")):
        story.at(when, name)
    assert story.word("m")["facts"] == {"n": 2}


def test_what_became_of_a_moment_is_a_fact_for_those_below(tell: Tell) -> None:
    story = tell(
        """
facts: {let-down: {count: m.missed}}
moments:
  m: {title: M, opens: {on: a}, met: {on: b, within: 1h}, tells: [let-down]}
  n: {title: N, opens: {on: m.missed}, met: {on: b}, tells: [let-down]}
"""
    )
    story.at("0.00:00", "A")
    story.clock("0.01:00")
    assert story.word("m")["facts"] == {"let-down": 0}
    assert story.word("n")["facts"] == {"let-down": 1}


SCORES = """
signals:
  a: {events: A, polarity: {from: properties.mood, values: {good: 0.5, bad: -1}}}
  b: {events: B}
  c: {events: C}
  low: {of: c, when: is-low}
  high: {of: c, when: is-high}
scores:
  mood: {moves: {a: polarity, b: 2, m.missed: -3}, half-life: 24h, most: 2.5}
conditions:
  is-low: {score: mood, less-than: 0}
  is-high: {score: mood, at-least: 1}
moments:
  m: {title: M, opens: {on: b}, met: {on: c, within: 12h}}
  down: {title: Down, opens: {on: low}, met: {on: high}}
  up: {title: Up, opens: {on: high}, met: {on: low}}
"""


def test_a_score_is_halved_in_its_half_life(tell: Tell) -> None:
    story = tell(SCORES)
    story.at("0.00:00", "B")
    story.at("0.12:00", "C")  # met, so nothing is lost; 1.41 by now
    story.at("1.00:00", "C")  # 1.0
    assert story.moments("up") == ["open 0.12:00"]


def test_a_score_fades_by_whole_steps_and_is_half_after_256_of_them(tell: Tell) -> None:
    for when, moments in (("1.00:05", ["open 1.00:05"]), ("1.00:06", [])):
        story = tell(SCORES.replace("most: 2.5", "most: 2").replace(", m.missed: -3", ""))
        story.at("0.00:00", "B")
        story.at("0.00:00", "B")  # no more than 2
        story.at(when, "C")  # a step is 5 minutes 37.5 seconds
        assert story.moments("up") == moments


def test_what_became_of_a_moment_moves_a_score(tell: Tell) -> None:
    story = tell(SCORES)
    story.at("0.00:00", "B")
    story.at("0.12:30", "C")
    assert story.moments("m") == ["missed 0.12:00"]
    assert story.moments("down") == ["open 0.12:30"]


def test_a_signal_without_polarity_at_hand_moves_nothing(tell: Tell) -> None:
    story = tell(SCORES)
    story.at("0.00:00", "A", mood="none")
    story.at("0.01:00", "C")
    assert story.moments("down") == []
    story.at("0.02:00", "A", mood="bad")
    story.at("0.03:00", "C")
    assert story.moments("down") == ["open 0.03:00"]


BELOW = """
signals:
  a: {events: A, channel: {from: properties.via}, about: properties.brand,
      polarity: {from: properties.mood}}
  worse: {of: a, when: lets-down}
scores:
  view: {moves: {a: polarity}, by: [channel, about]}
conditions:
  lets-down: {score: view, below-others: 0.3}
moments:
  m: {title: M, opens: {on: worse}, met: {on: a}}
"""


def test_a_score_is_compared_with_the_mean_of_the_others(tell: Tell) -> None:
    story = tell(BELOW)
    story.at("0.00:00", "A", via="web", brand="x", mood=-1)
    assert story.moments("m") == []  # no others
    story.at("0.01:00", "A", via="web", brand="y", mood=0.3)
    story.at("0.02:00", "A", via="web", brand="y", mood=0.3)
    assert story.moments("m") == []  # of another brand
    story.at("0.03:00", "A", via="shop", brand="y", mood=0.6)
    story.at("0.04:00", "A", via="mail", brand="y", mood=0.31)
    assert story.moments("m") == []  # 0.29 below
    story.at("0.05:00", "A", via="mail", brand="y", mood=-0.01)
    assert story.moments("m") == ["open 0.05:00"]  # exactly 0.3 below


DERIVED = """
signals:
  a: {events: A, value: properties.n}
  b: {events: B}
  again: {of: a, when: known}
  often: {of: again, when: thrice}
facts:
  times: {count: a}
  agains: {count: again}
conditions:
  known: {fact: times, at-least: 2}
  thrice: {all: [known, more]}
  more: {fact: agains, at-least: 2}
moments:
  m: {title: M, opens: {on: again}, met: {on: often}, tells: [times, agains]}
"""


def test_a_derived_signal_holds_as_soon_as_its_conditions_do(tell: Tell) -> None:
    story = tell(DERIVED)
    story.at("0.00:00", "A")
    assert story.moments("m") == []
    story.at("0.01:00", "A")
    assert story.moments("m") == ["open 0.01:00"]
    assert story.word("m")["facts"] == {"times": 2, "agains": 1}
    story.at("0.02:00", "A")
    assert story.moments("m") == ["met 0.02:00"]


def test_conditions_on_what_is_not_known_do_not_hold_but_for_its_absence(tell: Tell) -> None:
    story = tell(
        """
signals:
  a: {events: A}
  b: {events: B}
  low: {of: b, when: is-low}
  none: {of: b, when: is-none}
facts: {n: {latest: properties.n, of: a}}
conditions:
  is-low: {fact: n, less-than: 5}
  is-none: {fact: n, exists: false}
moments:
  low: {title: L, opens: {on: low}, met: {on: a}}
  none: {title: N, opens: {on: none}, met: {on: a}}
"""
    )
    story.at("0.00:00", "B")
    assert story.moments("low") == []
    assert story.moments("none") == ["open 0.00:00"]


def test_a_derived_signal_may_come_of_what_became_of_a_moment(tell: Tell) -> None:
    story = tell(
        """
signals:
  a: {events: A}
  b: {events: B}
  sad: {of: m.missed, when: in-first}
  glad: {of: m.met, when: busy}
conditions:
  in-first: {stage: first}
  busy: {open: n}
moments:
  m: {title: M, opens: {on: a}, met: {on: b, within: 1h}}
  n: {title: N, opens: {on: sad}, met: {on: glad}}
"""
    )
    story.at("0.00:00", "A")
    story.clock("0.01:00")
    assert story.moments("n") == ["open 0.01:00"]
    first = identity.moment_instance("story", SUBJECT, "m", None, "m01", 0)
    opened = identity.moment_instance("story", SUBJECT, "n", None, first, instant("0.01:00"))
    assert story.word("n")["instance"] == opened
    story.at("0.02:00", "A")
    story.at("0.02:30", "B")
    assert story.moments("n") == ["met 0.02:30"]


def test_a_derived_signal_is_nothing_to_moments_above_the_one_that_it_came_of(tell: Tell) -> None:
    story = tell(
        """
signals: {a: {events: A}, b: {events: B}, c: {events: C}, mixed: {of: [a, n.missed], when: new}}
conditions: {new: {stage: first}}
moments:
  m: {title: M, opens: {on: mixed}, met: {on: c}}
  n: {title: N, opens: {on: b}, met: {on: c, within: 1h}}
  o: {title: O, opens: {on: mixed}, met: {on: c}}
"""
    )
    story.at("0.00:00", "B")
    story.at("0.02:00", "A")
    assert story.moments("m") == ["open 0.02:00"]
    assert story.moments("o") == ["open 0.01:00"]


STAGES = """
stages:
  first:
  second: {enters: {on: a}}
  third: {enters: {on: b, from: second}}
  fourth: {enters: {on: [a, c], from: third}}
  back: {enters: {on: d, from: any}}
moments: {m: {title: M, stage: first, opens: {on: e}, met: {on: a}}}
signals: {a: {events: A}, b: {events: B}, c: {events: C}, d: {events: D}, e: {events: E}}
"""


def test_stages_are_entered_from_those_before_or_from_those_named(tell: Tell) -> None:
    story = tell(STAGES)
    story.at("0.00:00", "B")
    assert story.stage == "first 0.00:00"
    story.at("0.01:00", "A")
    assert story.stage == "second 0.01:00"
    story.at("0.02:00", "A")
    assert story.stage == "second 0.01:00"
    story.at("0.03:00", "B")
    assert story.stage == "third 0.03:00"
    story.at("0.04:00", "A")
    assert story.stage == "fourth 0.04:00"
    story.at("0.05:00", "D")
    story.at("0.06:00", "D")
    assert story.stage == "back 0.05:00"
    story.at("0.07:00", "A")
    assert story.stage == "back 0.05:00"


def test_a_moment_that_names_a_stage_leads_there_from_any(tell: Tell) -> None:
    story = tell(STAGES)
    story.at("0.00:00", "D")
    assert story.stage == "back 0.00:00"
    story.at("0.01:00", "E")
    assert story.stage == "first 0.01:00"


def test_of_several_stages_the_furthest_is_entered_and_once_an_event(tell: Tell) -> None:
    story = tell(
        """
stages:
  first:
  second: {enters: {on: a}}
  third: {enters: {on: a, from: first}}
  fourth: {enters: {on: a, from: third}}
moments: {m: {title: M, opens: {on: b}, met: {on: a}}}
"""
    )
    story.at("0.00:00", "A")
    assert story.stage == "third 0.00:00"


LABELS = """
signals:
  a: {events: A, channel: web}
  b: {events: B, channel: {from: properties.via}}
  c: {events: C}
moments:
  m:
    title: M
    key: id
    opens: {on: a}
    met: {on: c, within: 6h}
    at-risk: {on: b}
    labels: {agent: properties.agent, via: signal.channel}
"""


def test_labels_are_the_latest_that_the_events_of_an_instance_carry(tell: Tell) -> None:
    story = tell(LABELS)
    story.at("0.00:00", "A", id="x", agent="ann")
    assert story.word("m")["labels"] == {"agent": "ann", "via": "web"}
    story.at("0.01:00", "B", id="x", via="phone")
    assert story.word("m")["labels"] == {"agent": "ann", "via": "phone"}
    story.at("0.02:00", "B", id="x", agent="bob")  # nothing is said, yet it is known
    story.at("0.03:00", "B", id="y", agent="eve")  # of no instance
    assert story.word("m")["labels"] == {"agent": "ann", "via": "phone"}
    story.clock("0.06:00")
    assert story.word("m")["labels"] == {"agent": "bob", "via": "phone"}


ALERTS = """
facts: {n: {count: b}}
conditions: {enough: {fact: n, at-least: 1}}
moments:
  m:
    title: M
    key: id
    opens: {on: a}
    met: {on: c, within: 6h}
    alert:
      open: {severity: info, title: O, at-most-every: 2h, unless: enough}
      missed: {severity: info, title: M}
"""


def test_an_alert_is_kept_back_for_a_time_whatever_the_key(tell: Tell) -> None:
    story = tell(ALERTS)
    story.at("0.00:00", "A", id="x")
    assert story.fired("m") == (1, "0.00:00")
    story.at("0.01:59", "A", id="y")
    assert story.fired("m") == (1, "0.00:00")
    story.at("0.02:30", "A", id="z")  # what was kept back does not count
    assert story.fired("m") == (2, "0.02:30")


def test_an_alert_does_not_fire_while_a_condition_holds(tell: Tell) -> None:
    story = tell(ALERTS)
    story.at("0.00:00", "B")
    story.at("0.01:00", "A", id="x")
    assert story.fired("m") is None
    story.clock("0.07:00")
    assert story.fired("m") == (1, "0.07:00")


def test_an_alert_is_kept_back_by_any_that_the_moment_fired(tell: Tell) -> None:
    story = tell(
        """
moments:
  m:
    title: M
    key: id
    opens: {on: a}
    met: {on: c, within: 1h}
    alert:
      open: {severity: info, title: O}
      missed: {severity: info, title: M, at-most-every: 2h}
"""
    )
    story.at("0.00:00", "A", id="x")
    story.clock("1.00:00")
    assert story.moments("m") == ["missed 0.01:00"]
    assert story.fired("m") == (1, "0.00:00")


def test_conditions_of_an_alert_are_asked_when_the_instance_is_in_its_new_state(
    tell: Tell,
) -> None:
    story = tell(
        """
conditions: {busy: {open: m}}
moments:
  m:
    title: M
    opens: {on: a}
    met: {on: c, within: 1h}
    alert:
      open: {severity: info, title: O, unless: busy}
      missed: {severity: info, title: M, unless: busy}
"""
    )
    story.at("0.00:00", "A")
    assert story.fired("m") is None
    story.clock("1.00:00")
    assert story.fired("m") == (1, "0.01:00")


AFTER = """
moments:
  m:
    title: M
    key: id
    unmatched: latest
    after-close: true
    opens: {on: a}
    met: {on: b}
    missed: {on: c}
"""


def test_a_signal_without_the_key_goes_to_the_latest_opened(tell: Tell) -> None:
    story = tell(AFTER)
    story.at("0.00:00", "A", id="x")
    story.at("0.01:00", "A", id="y")
    story.at("0.02:00", "B")
    assert story.moments("m") == ["open 0.00:00", "met 0.02:00"]
    story.at("0.03:00", "C")
    assert story.moments("m") == ["met 0.02:00", "missed 0.03:00"]
    story.at("0.04:00", "C")  # none is open: the last opened, which was met
    assert story.moments("m") == ["missed 0.03:00", "missed 0.04:00"]


def test_a_life_ends_400_days_after_the_last_signal_and_all_is_forgotten(tell: Tell) -> None:
    story = tell(
        """
facts: {n: {count: a}}
moments:
  m: {title: M, opens: {on: a}, met: {on: b}, tells: [n]}
  n: {title: N, opens: {count: 2, of: a}, met: {on: b}}
"""
    )
    story.at("0.00:00", "A")
    story.clock("400.00:00")
    assert story.moments("m") == ["lapsed 400.00:00"]
    story.at("401.00:00", "A")
    assert story.moments("m") == ["lapsed 400.00:00", "open 401.00:00"]
    assert story.word("m")["facts"] == {"n": 1}
    assert story.moments("n") == []
    assert story.stage == "first 401.00:00"


def test_nothing_follows_from_the_end_of_a_life(tell: Tell) -> None:
    story = tell(
        """
moments:
  m: {title: M, opens: {on: a}, met: {on: b}}
  n: {title: N, opens: {on: m.lapsed}, met: {on: b}}
"""
    )
    story.at("0.00:00", "A")
    story.clock("500.00:00")
    assert story.moments("n") == []


def test_a_word_is_followed_at_once_by_what_comes_of_it(tell: Tell) -> None:
    """The moment below takes the outcome before the event, so the event finds it open."""
    story = tell(
        """
moments:
  m: {title: M, opens: {on: a}, met: {on: b}}
  n: {title: N, opens: {on: m.open}, met: {on: a}}
"""
    )
    story.at("0.00:00", "A")
    assert story.moments("n") == ["met 0.00:00"]
    assert story.evidence("n") == ["m01 opened", "m01 met"]


def test_the_value_is_that_of_the_opening_until_it_is_met(tell: Tell) -> None:
    story = tell(
        """
signals:
  a: {events: A, value: properties.n}
  b: {events: B, value: properties.n}
  c: {events: C, value: properties.n}
moments:
  m: {title: M, opens: {on: a}, met: {on: b}, at-risk: {on: c}}
  n: {title: N, opens: {on: m.met}, met: {on: c}}
"""
    )
    story.at("0.00:00", "A", n=5)
    story.at("0.01:00", "C", n=7)
    assert (story.word("m")["value"], story.word("m")["currency"]) == (5, "EUR")
    story.at("0.02:00", "B", n=9, currency="GBP")
    assert (story.word("m")["value"], story.word("m")["currency"]) == (9, "GBP")
    assert (story.word("n")["value"], story.word("n")["currency"]) == (9, "GBP")


def test_a_setting_stands_for_a_number_and_the_reason_shows_it(tell: Tell) -> None:
    story = tell(
        """
settings: {looks: 2, soon: 3h, good: 4, praise: 0.5, enough: 0.9, kind: x}
signals:
  a: {events: A}
  b: {events: B, where: {properties.score: {at-least: $good}, properties.kind: $kind}}
  c: {events: $C, polarity: $praise}
  d: {of: [b, c], when: fond}
scores: {fondness: {moves: {c: polarity}, most: $looks}}
conditions: {fond: {score: fondness, at-least: $enough}}
moments:
  m: {title: M, opens: {count: $looks, of: a, within: $soon}, met: {on: b}}
  n: {title: N, opens: {on: d}, met: {on: a}}
"""
    )
    story.at("0.00:00", "A")
    story.at("0.01:00", "A")
    assert story.word("m")["reason"] == "2 times a within 3h"
    story.at("0.02:00", "B", score=3, kind="x")
    story.at("0.03:00", "B", score=4, kind="y")
    assert story.moments("m") == ["open 0.01:00"]
    story.at("0.04:00", "B", score=4, kind="x")
    assert story.moments("m") == ["met 0.04:00"]
    story.at("0.05:00", "$C")  # an event of this name, no setting
    assert story.moments("n") == []
    story.at("0.06:00", "$C")
    assert story.moments("n") == ["open 0.06:00"]


def test_at_once_the_event_that_opens_a_moment_decides_it(tell: Tell) -> None:
    story = tell(
        """
signals: {word: {events: W}, good: {events: W, where: {properties.n: 1}}, bad: {events: B}}
moments:
  m:
    title: M
    at-once: true
    opens: {on: [word, bad]}
    at-risk: {on: word}
    met: {on: good, within: 2h}
    missed: {on: bad}
  heard: {title: H, opens: {on: m.open}, met: {on: m.met}, missed: {on: m.missed}}
"""
    )
    story.at("0.00:00", "W", n=1)
    assert story.moments("m") == ["met 0.00:00"]
    assert story.evidence("m") == ["m01 opened", "m01 met"]
    assert story.moments("heard") == ["met 0.00:00"]  # both words were said, one after the other
    story.at("0.01:00", "B")
    assert story.moments("m") == ["met 0.00:00", "missed 0.01:00"]
    story.at("0.02:00", "W", n=2)
    assert story.moments("m")[2:] == ["at_risk 0.02:00"]
    story.at("0.03:00", "W", n=1)  # meets the one that is open; it opens no other
    assert story.moments("m")[2:] == ["met 0.03:00"]


def test_at_once_goes_for_counts_and_sequences_and_not_for_what_a_silence_opens(
    tell: Tell,
) -> None:
    story = tell(
        """
moments:
  m:
    title: M
    at-once: true
    opens: {any: [{count: 2, of: a}, {sequence: [b, c]}, {without: d, for: 1h, since: d}]}
    met: {on: [a, c, d]}
"""
    )
    for when, name in (("0.00:00", "A"), ("0.01:00", "A"), ("0.02:00", "B"), ("0.03:00", "C")):
        story.at(when, name)
    assert story.moments("m") == ["met 0.01:00", "met 0.03:00"]
    story.at("0.04:00", "D")
    story.clock("0.06:00")
    assert story.moments("m")[2:] == ["open 0.05:00"]


def test_at_once_an_event_that_stops_the_clock_stops_it(tell: Tell) -> None:
    story = tell(
        "moments: {m: {title: M, at-once: true, opens: {on: a}, met: {on: b, within: 1h}, "
        "clock: {pause: {on: a, until: c}}}}"
    )
    story.at("0.00:00", "A")
    story.clock("0.05:00")
    assert story.moments("m") == ["open 0.00:00"]
    story.at("0.05:00", "C")
    story.clock("0.06:00")
    assert story.moments("m") == ["missed 0.06:00"]


AFTER_CLOSE = """
moments:
  m: {title: M, key: id, after-close: true, opens: {on: a}, met: {on: b}, missed: {on: c}}
"""


def test_after_its_close_a_signal_with_a_key_reaches_the_instance_of_that_key(tell: Tell) -> None:
    story = tell(AFTER_CLOSE)
    for when, name, key in (
        ("0.00:00", "A", "x"),
        ("0.01:00", "A", "y"),
        ("0.02:00", "B", "y"),
        ("0.03:00", "B", "x"),
        ("0.04:00", "C", "x"),
        ("0.05:00", "C", "z"),
    ):
        story.at(when, name, id=key)
    assert story.moments("m") == ["met 0.02:00", "missed 0.04:00"]
    story.at("0.06:00", "C")  # without a key: the last one opened
    assert story.moments("m") == ["missed 0.04:00", "missed 0.06:00"]
    story.at("0.07:00", "A", id="x")  # an open one of the key comes before the closed one
    story.at("0.08:00", "B", id="x")
    assert story.moments("m") == ["missed 0.04:00", "missed 0.06:00", "met 0.08:00"]


def test_what_is_closed_of_a_key_comes_before_what_is_open_of_another(tell: Tell) -> None:
    story = tell(AFTER_CLOSE.replace("key: id", "key: id, unmatched: latest"))
    for when, name, key in (("0.00:00", "A", "x"), ("0.01:00", "B", "x"), ("0.02:00", "A", "y")):
        story.at(when, name, id=key)
    story.at("0.03:00", "C", id="x")
    assert story.moments("m") == ["open 0.02:00", "missed 0.03:00"]
    story.at("0.04:00", "C", id="z")
    assert story.moments("m") == ["missed 0.03:00", "missed 0.04:00"]


def test_of_what_is_closed_the_64_that_were_opened_last_are_kept(tell: Tell) -> None:
    story = tell(AFTER_CLOSE)
    for at in range(65):
        story.at(f"0.00:{at:02}", "A", id=at)
    for at in reversed(range(65)):
        story.at(f"0.03:{at:02}", "B", id=at)
    story.at("0.06:00", "C", id=0)
    assert "missed 0.06:00" not in story.moments("m")
    story.at("0.07:00", "C", id=1)
    assert "missed 0.07:00" in story.moments("m")


def test_the_latest_value_may_be_mapped_so_that_several_signals_make_one_fact(tell: Tell) -> None:
    story = tell(
        """
signals:
  consent: {events: Consent, where: {properties.marketing: {exists: true}}}
  opts-out: {events: Out}
  a: {events: A}
facts:
  consent: {latest: {from: properties.marketing, values: {true: true, 5: high}, else: false},
            of: [consent, opts-out]}
moments:
  m: {title: M, key: id, opens: {on: a}, met: {on: a}, tells: [consent]}
"""
    )
    story.at("0.00:00", "A", id="0")
    story.at("0.01:00", "Consent", marketing=True)
    story.at("0.02:00", "A", id="1")
    story.at("0.03:00", "Out")
    story.at("0.04:00", "Consent", other=True)
    story.at("0.05:00", "A", id="2")
    story.at("0.06:00", "Consent", marketing=5)
    story.at("0.07:00", "A", id="3")
    told = [word["facts"].get("consent") for word in story.words("m")]
    assert told == [None, True, False, "high"]


def test_a_moment_says_the_stage_that_it_belongs_to_whether_or_not_it_leads_there(
    tell: Tell,
) -> None:
    story = tell(
        """
moments:
  m: {title: M, stage: second, opens: {on: a}, met: {on: b}}
  n: {title: N, in-stage: third, opens: {on: a}, met: {on: b}}
  o: {title: O, opens: {on: a}, met: {on: b}}
"""
    )
    story.at("0.00:00", "A")
    assert [story.word(name)["stage"] for name in "mno"] == ["second", "third", None]
    assert story.stage == "second 0.00:00"
    (stage,) = story.words(None)
    assert stage["stage"] is None
    story.at("0.01:00", "B")
    assert [story.word(name)["stage"] for name in "mno"] == ["second", "third", None]


def test_of_many_turns_after_its_close_an_instance_cites_the_latest(tell: Tell) -> None:
    story = tell(
        "moments: {m: {title: M, after-close: true, opens: {on: a}, met: {on: b}, missed: {on: c}}}"
    )
    story.at("0.00:00", "A")
    for minute in range(1, 41):
        story.at(f"0.00:{minute:02}", "BC"[minute % 2])
    cited = story.evidence("m")
    assert (cited[0], cited[1], cited[-1]) == ("m01 opened", "m10 missed", "m41 met")
    assert len(cited) == 33

"""Versions of a model, switched at a stamp: what is open finishes by the old one (SEMANTICS 16)."""

from __future__ import annotations

import pytest

from journey.engine import Engine
from journey.errors import ActivationError, StateError
from journey.language import parse_model
from journey.lines import Activation
from journey.model import Model
from tests.journey.timeline import Timeline, instant

STAMP = "5.00:00"

SIGNALS = """
signals:
  cart: {events: Product Added, value: properties.price}
  order: {events: Order Completed}
  view: {events: Product Viewed}
  answer: {events: CSAT Responded}
  trouble: {events: Payment Failed}
keys: {order: properties.order_id}
"""

BUY = """
  buy:
    title: Bought in time
    opens: {on: cart}
    at-risk: {before: 2h}
    met: {on: order, within: PATIENCE}
"""


def shop(version: str, moments: str, more: str = "stages: [new]\n", name: str = "shop") -> Model:
    head = f"model: {name}\nversion: {version}\ntitle: A shop\nsource: the tests\n"
    return parse_model(f"{head}{SIGNALS}{more}moments:{moments}", f"{name}-{version}.yaml")


def switched(old: str, new: str, *, more: str = "stages: [new]\n", then: str = "") -> Timeline:
    """Begin a timeline in which moments as `new` has them replace those of `old` at STAMP."""
    models = shop("1.0.0", old, more), shop("2.0.0", new, then or more)
    return Timeline(Engine([models[0], Activation(models[1], instant(STAMP))]))


def buy(patience: str) -> str:
    return BUY.replace("PATIENCE", patience)


def versions(line: Timeline, moment: str) -> list[str]:
    """Give the version of each instance of a moment, by opening."""
    found = {one.instance: one.model_version for one in line.said if one.moment == moment}
    return list(found.values())


# What is open at the stamp


def test_an_instance_open_at_the_stamp_is_missed_at_its_old_deadline() -> None:
    line = switched(buy("24h"), buy("4h"))
    line.at("4.12:00", "Product Added")
    line.clock("5.11:59")
    assert line.moments("buy") == ["at_risk 5.10:00"]
    line.clock("6.00:00")
    assert line.moments("buy") == ["missed 5.12:00"]
    assert versions(line, "buy") == ["1.0.0"]


def test_an_instance_open_at_the_stamp_is_met_within_its_old_deadline() -> None:
    line = switched(buy("24h"), buy("4h"))
    line.at("4.12:00", "Product Added")
    line.at("5.09:00", "Order Completed")
    assert line.moments("buy") == ["met 5.09:00"]
    assert line.last("buy").model_version == "1.0.0"


def test_what_opens_from_the_stamp_on_does_so_under_the_new_version() -> None:
    line = switched(buy("24h"), buy("4h"))
    line.at("5.00:00", "Product Added")
    line.clock("5.03:00")
    assert line.moments("buy") == ["at_risk 5.02:00"]
    line.clock("5.04:00")
    assert line.moments("buy") == ["missed 5.04:00"]
    assert versions(line, "buy") == ["2.0.0"]


def test_one_instant_before_the_stamp_it_is_the_old_version() -> None:
    line = switched(buy("24h"), buy("4h"))
    line.at("4.23:59", "Product Added")
    line.clock("6.12:00")
    assert line.moments("buy") == ["missed 5.23:59"]


def test_an_instance_of_the_old_version_keeps_a_new_one_from_opening() -> None:
    line = switched(buy("24h"), buy("4h"))
    line.at("4.12:00", "Product Added")
    line.at("5.06:00", "Product Added")
    line.clock("5.11:00")
    assert line.moments("buy") == ["at_risk 5.10:00"]
    line.clock("5.12:00")
    line.at("5.13:00", "Product Added")
    line.clock("5.17:00")
    assert line.moments("buy") == ["missed 5.12:00", "missed 5.17:00"]
    assert versions(line, "buy") == ["1.0.0", "2.0.0"]


def test_a_signal_that_closes_an_old_instance_opens_no_new_one() -> None:
    again = buy("24h").replace("on: cart", "on: [cart, order]")
    line = switched(buy("24h"), again)
    line.at("4.12:00", "Product Added")
    line.at("5.09:00", "Order Completed")
    assert line.moments("buy") == ["met 5.09:00"]
    line.at("5.10:00", "Order Completed")
    assert line.moments("buy") == ["met 5.09:00", "open 5.10:00"]


def test_what_only_the_old_version_takes_as_a_signal_still_meets_its_instance() -> None:
    wider = buy("24h").replace("met: {on: order", "met: {on: [order, answer]")
    line = switched(wider, buy("24h"))
    line.at("4.12:00", "Product Added")
    line.at("5.09:00", "CSAT Responded")
    assert line.moments("buy") == ["met 5.09:00"]


# What counts towards an opening


COUNTED = """
  hesitates:
    title: Looks again
    opens: {count: 3, of: view, within: 9d}
    met: {on: trouble}
"""


def test_a_count_halfway_at_the_stamp_begins_anew() -> None:
    line = switched(COUNTED, COUNTED)
    for when in ("4.10:00", "4.11:00", "5.10:00", "5.11:00"):
        line.at(when, "Product Viewed")
    assert line.moments("hesitates") == []
    line.at("5.12:00", "Product Viewed")
    assert line.moments("hesitates") == ["open 5.12:00"]
    assert [ref.at[8:13] for ref in line.last("hesitates").evidence] == ["06T10", "06T11", "06T12"]


def test_a_sequence_halfway_at_the_stamp_begins_anew() -> None:
    steps = """
  steps:
    title: One after the other
    opens: {sequence: [view, cart, order], within: 9d}
    met: {on: trouble}
"""
    line = switched(steps, steps)
    line.at("4.10:00", "Product Viewed")
    line.at("4.11:00", "Product Added")
    line.at("5.10:00", "Order Completed")
    assert line.moments("steps") == []
    for when, name in (("6.10", "Viewed"), ("6.11", "Added")):
        line.at(f"{when}:00", f"Product {name}")
    line.at("6.12:00", "Order Completed")
    assert line.moments("steps") == ["open 6.12:00"]


SILENT = """
  silent:
    title: Not seen again
    opens: {without: view, for: FOR, since: order}
    met: {on: trouble}
"""


def test_a_silence_that_is_waited_for_at_the_stamp_is_waited_for_no_more() -> None:
    line = switched(SILENT.replace("FOR", "2d"), SILENT.replace("FOR", "2d"))
    line.at("4.00:00", "Order Completed")
    line.clock("8.00:00")
    assert line.moments("silent") == []
    line.at("8.00:00", "Order Completed")
    line.clock("10.00:00")
    assert line.moments("silent") == ["open 10.00:00"]
    assert versions(line, "silent") == ["2.0.0"]


def test_a_silence_over_before_the_stamp_opens_under_the_old_version() -> None:
    line = switched(SILENT.replace("FOR", "2d"), SILENT.replace("FOR", "1d"))
    line.at("2.23:59", "Order Completed")
    line.clock("8.00:00")
    assert line.moments("silent") == ["open 4.23:59"]
    assert versions(line, "silent") == ["1.0.0"]


def test_a_silence_over_at_the_stamp_opens_nothing() -> None:
    line = switched(SILENT.replace("FOR", "2d"), SILENT.replace("FOR", "2d"))
    line.at("3.00:00", "Order Completed")
    line.clock("9.00:00")
    assert line.moments("silent") == []


# Chains and followers


CHAIN = """
  care:
    title: Answered again and again
    opens: {on: order}
    every: {on: answer, within: EVERY}
    ends: {on: trouble}
"""


def test_the_next_window_of_a_chain_opens_under_the_new_version() -> None:
    line = switched(CHAIN.replace("EVERY", "2d"), CHAIN.replace("EVERY", "1d"))
    line.at("4.00:00", "Order Completed")
    line.at("5.12:00", "CSAT Responded")
    line.clock("6.12:00")
    assert line.moments("care") == ["met 5.12:00", "missed 6.12:00", "open 6.12:00"]
    assert versions(line, "care") == ["1.0.0", "2.0.0", "2.0.0"]


def test_a_window_missed_after_the_stamp_is_followed_by_one_of_the_new_version() -> None:
    line = switched(CHAIN.replace("EVERY", "2d"), CHAIN.replace("EVERY", "1d"))
    line.at("4.00:00", "Order Completed")
    line.clock("7.00:00")
    assert line.moments("care") == ["missed 6.00:00", "missed 7.00:00", "open 7.00:00"]


def test_a_chain_ends_where_the_new_version_has_no_such_moment() -> None:
    line = switched(CHAIN.replace("EVERY", "2d"), buy("24h"))
    line.at("4.00:00", "Order Completed")
    line.at("5.12:00", "CSAT Responded")
    line.clock("9.00:00")
    assert line.moments("care") == ["met 5.12:00"]


def test_a_chain_ends_where_the_moment_is_none_in_the_new_version() -> None:
    once = CHAIN.replace(
        "every: {on: answer, within: EVERY}\n    ends: {on: trouble}", "met: answer"
    )
    line = switched(CHAIN.replace("EVERY", "2d"), once.replace("met: answer", "met: {on: answer}"))
    line.at("4.00:00", "Order Completed")
    line.clock("9.00:00")
    assert line.moments("care") == ["missed 6.00:00"]


FOLLOWER = """
  rescue:
    title: What follows a miss
    opens: {on: buy.missed}
    met: {on: answer, within: WITHIN}
"""


def test_what_becomes_of_an_old_instance_opens_followers_under_the_new_version() -> None:
    line = switched(
        buy("24h") + FOLLOWER.replace("WITHIN", "9d"),
        buy("4h") + FOLLOWER.replace("WITHIN", "1d"),
    )
    line.at("4.12:00", "Product Added")
    line.clock("7.00:00")
    assert line.moments("buy") == ["missed 5.12:00"]
    assert line.moments("rescue") == ["missed 6.12:00"]
    assert versions(line, "rescue") == ["2.0.0"]


def test_an_outcome_reaches_a_follower_that_only_the_new_version_has() -> None:
    line = switched(buy("24h"), buy("4h") + FOLLOWER.replace("WITHIN", "1d"))
    line.at("4.12:00", "Product Added")
    line.clock("5.12:00")
    assert line.moments("rescue") == ["open 5.12:00"]


def test_the_order_of_moments_holds_over_versions() -> None:
    """What closes an instance above is known to a moment below, whichever versions they are of."""
    alerted = """
  thanks:
    title: Thanked for an order
    opens: {on: order}
    met: {on: trouble}
    alert:
      open: {severity: info, title: "Thank", unless: [buying]}
"""
    more = "stages: [new]\nconditions: {buying: {open: buy}}\n"
    line = switched(buy("24h") + alerted, buy("24h") + alerted, more=more)
    line.at("4.12:00", "Product Added")
    line.at("5.09:00", "Order Completed")
    assert line.moments("buy") == ["met 5.09:00"]
    assert line.alert("thanks").status == "firing"


# Moments that only one version has


def test_a_moment_that_only_the_old_version_has_opens_no_more_and_finishes() -> None:
    line = switched(buy("24h") + COUNTED, COUNTED)
    line.at("4.12:00", "Product Added")
    line.at("5.06:00", "Product Added")
    line.clock("5.12:00")
    line.at("5.13:00", "Product Added")
    line.clock("9.00:00")
    assert line.moments("buy") == ["missed 5.12:00"]


def test_a_moment_that_only_the_new_version_has_opens_from_the_stamp_on() -> None:
    line = switched(COUNTED, COUNTED + buy("24h"))
    line.at("4.12:00", "Product Added")
    assert line.moments("buy") == []
    line.at("5.12:00", "Product Added")
    assert line.moments("buy") == ["open 5.12:00"]


# Stages, scores, facts


STAGES = "stages:\n  new:\n  NAME: {enters: {on: cart}}\n  buyer: {enters: {on: order}}\n"


def test_the_stage_is_carried() -> None:
    named = STAGES.replace("NAME", "looking")
    line = switched(buy("24h"), buy("4h"), more=named)
    line.at("4.12:00", "Product Added")
    line.at("5.12:00", "Product Added")
    line.at("6.12:00", "Order Completed")
    assert line.stages == ["new", "looking", "buyer"]


def test_from_a_stage_unknown_to_the_new_version_every_stage_can_be_come_to() -> None:
    old, new = STAGES.replace("NAME", "looking"), STAGES.replace("NAME", "wanting")
    line = switched(buy("24h"), buy("4h"), more=old, then=new)
    line.at("4.12:00", "Product Added")
    line.at("5.11:00", "Product Viewed")
    assert line.stages == ["new", "looking"]
    line.at("5.12:00", "Product Added")
    assert line.stages == ["new", "looking", "wanting"]
    stages = [one.model_version for one in line.said if one.kind == "stage"]
    assert stages == ["1.0.0", "1.0.0", "2.0.0"]


KNOWN = """stages: [new]
facts:
  orders: ORDERS
scores:
  bond: SCORE
"""


def known(line: Timeline) -> tuple[object, object]:
    """Give fact and score as shown."""
    shown = line.engine.view(line.journey)["models"]["shop"]
    score = shown["scores"]["bond"]
    return shown["facts"]["orders"], score["value"] if isinstance(score, dict) else score


def knowing(orders: str, score: str) -> str:
    return KNOWN.replace("ORDERS", orders).replace("SCORE", score)


def test_facts_and_scores_are_carried_by_name() -> None:
    old = knowing("{count: order}", "{moves: {order: 2}}")
    line = switched(buy("24h"), buy("4h"), more=old, then=old.replace("order: 2", "order: 5"))
    line.at("4.12:00", "Order Completed")
    line.at("5.12:00", "Order Completed")
    assert known(line) == (2, 7.0)


def test_what_the_new_version_keeps_in_another_form_begins_anew() -> None:
    old = knowing("{count: order}", "{moves: {order: 2}}")
    new = knowing("{sum: value, of: cart}", "{moves: {order: 2}, by: [signal]}")
    line = switched(buy("24h"), buy("4h"), more=old, then=new)
    line.at("4.12:00", "Order Completed")
    line.at("5.12:00", "Product Viewed")
    assert known(line) == (None, [])
    line.at("5.13:00", "Product Added", price=3)
    assert known(line)[0] == {"EUR": 3.0}


# What comes late, and three versions


def test_a_late_event_of_before_the_stamp_is_folded_under_the_old_version() -> None:
    line = switched(buy("24h"), buy("4h"))
    line.at("5.06:00", "Product Added")
    line.clock("5.12:00")
    assert line.moments("buy") == ["missed 5.10:00"]
    line.at("4.23:00", "Product Added", arrives="5.13:00")
    assert line.words("buy")[-2:] == ["open", "retracted"]
    line.clock("6.00:00")
    assert line.moments("buy")[-1] == "missed 5.23:00"
    assert line.last("buy").model_version == "1.0.0"


def test_copies_on_both_sides_of_the_stamp_are_one_event() -> None:
    line = switched(buy("3h"), buy("24h"))
    line.at("4.20:00", "Product Added")
    line.at("5.06:00", "Product Added", mine="m1")
    line.clock("5.07:00")
    assert line.moments("buy") == ["missed 4.23:00"]


def test_three_versions_are_in_force_one_after_the_other() -> None:
    first, second, third = (
        shop(f"{at}.0.0", buy(patience)) for at, patience in ((1, "9h"), (2, "6h"), (3, "3h"))
    )
    stamps = Activation(third, instant("7.00:00")), Activation(second, instant("5.00:00"))
    line = Timeline(Engine([first, *stamps]))
    for day in (4, 5, 7):
        line.at(f"{day}.10:00", "Product Added")
        line.clock(f"{day}.23:00")
    assert line.moments("buy") == ["missed 4.19:00", "missed 5.16:00", "missed 7.13:00"]
    assert versions(line, "buy") == ["1.0.0", "2.0.0", "3.0.0"]


def test_nothing_counts_that_a_version_between_has_seen() -> None:
    models = [shop(f"{at}.0.0", COUNTED) for at in (1, 2, 3)]
    stamped = [Activation(models[1], instant("5.00:00")), Activation(models[2], instant("6.00:00"))]
    line = Timeline(Engine([models[0], *stamped]))
    for when in ("4.10:00", "5.10:00", "6.10:00", "6.11:00"):
        line.at(when, "Product Viewed")
    assert line.moments("hesitates") == []


def test_a_model_with_a_stamp_begins_there() -> None:
    new = shop("1.0.0", buy("4h"), name="new")
    line = Timeline(Engine([shop("1.0.0", COUNTED), Activation(new, instant(STAMP))]))
    line.at("4.12:00", "Product Added")
    line.clock("4.23:00")
    assert line.moments("buy") == []
    assert {one.model for one in line.said} == {"shop"}
    line.at("5.12:00", "Product Added")
    assert line.moments("buy") == ["open 5.12:00"]


# What is written under one set of versions and read under another


def test_state_is_read_where_a_version_was_stamped_later_than_its_clock() -> None:
    old, new = shop("1.0.0", buy("24h")), shop("2.0.0", buy("4h"))
    line = Timeline(Engine([old]))
    line.at("4.12:00", "Product Added")
    line.clock("4.23:59")
    restart(line, Engine([Activation(new, instant(STAMP)), old]))
    line.clock("5.12:00")
    line.at("5.13:00", "Product Added")
    line.clock("5.17:00")
    assert line.moments("buy") == ["missed 5.12:00", "missed 5.17:00"]


def test_state_is_not_read_where_a_version_was_stamped_up_to_its_clock() -> None:
    old, new = shop("1.0.0", buy("24h")), shop("2.0.0", buy("4h"))
    line = Timeline(Engine([old]))
    line.clock("5.00:00")
    with pytest.raises(StateError, match="stamp the change later than 1970-01-06T00:00:00Z"):
        restart(line, Engine([old, Activation(new, instant(STAMP))]))


def test_state_is_not_read_where_a_version_that_was_in_force_is_gone() -> None:
    line = switched(buy("24h"), buy("4h"))
    line.clock("6.00:00")
    with pytest.raises(StateError, match="other models than shop"):
        restart(line, Engine([shop("1.0.0", buy("24h"))]))


def test_what_is_stamped_ahead_may_be_more_with_every_restart() -> None:
    """Also a model that was not there: ids that are remembered below a cut keep their place."""
    old, new = shop("1.0.0", buy("24h")), shop("2.0.0", buy("4h"))
    other = shop("1.0.0", COUNTED, name="other")
    line = Timeline(Engine([old]))
    line.at("0.12:00", "Product Added")
    line.clock("7.12:00")
    line.engine.cut(line.journey)
    later = Activation(new, instant("9.00:00"))
    restart(line, Engine([old, later]))
    restart(line, Engine([Activation(other, instant("8.00:00")), later, old]))
    line.at("1.11:00", "Product Added", arrives="7.12:00", mine="m1")
    line.clock("8.00:00")
    assert line.moments("buy") == ["missed 1.12:00"]
    for hour in (10, 11, 12):
        line.at(f"8.{hour}:00", "Product Viewed")
    assert line.moments("hesitates") == ["open 8.12:00"]


def restart(line: Timeline, engine: Engine) -> None:
    """Write the journey and read it under other models."""
    state = line.engine.encode(line.journey)
    line.engine, line.journey = engine, engine.decode(line.journey.subject, state)


# Versions that cannot be in force one after the other


def test_a_version_is_activated_once_and_a_stamp_has_one() -> None:
    old, new = shop("1.0.0", buy("24h")), shop("2.0.0", buy("4h"))
    alike: list[list[Model | Activation]] = [
        [old, new],
        [old, Activation(old, 5)],
        [Activation(old, 5), Activation(new, 5)],
    ]
    for models in alike:
        with pytest.raises(ActivationError, match="expected each version and stamp once"):
            Engine(models)


def test_a_model_stays_one_of_persons_or_of_accounts() -> None:
    of_accounts = shop("2.0.0", buy("4h"), "stages: [new]\nsubject: account\n")
    with pytest.raises(ActivationError, match="expected a model of another name"):
        Engine([shop("1.0.0", buy("24h")), Activation(of_accounts, 5)])

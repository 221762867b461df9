"""What `verify` counts: each kind of difference, and nothing where there is none."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from journey.engine import Engine
from journey.event import Event
from journey.instant import DAY, parse_instant
from journey.lines import Activation
from journey.said import Alert, AlertChange, Outcome, Transition
from tests.api.sayings import alert, transition, view
from tests.journey.histories import shipped
from touchstone.comparing import Span, compare
from touchstone.comparingalerts import compare_alerts
from touchstone.comparingviews import compare_view
from touchstone.findings import Findings
from touchstone.lives import ends_of_lives, remembered_until

OPEN = transition(1)
MISSED = transition(2, instance="i1", revision=2, from_="open", to="missed")


def findings(expected: Transition | None, *said: Transition) -> dict[str, int]:
    by_instance = {expected.instance: expected} if expected else {}
    counts = compare(by_instance, said).counts()
    return {name: count for name, count in counts.items() if count}


def test_the_last_word_counts_not_how_it_came_about() -> None:
    expected = msgspec.structs.replace(MISSED, id="other", revision=9, from_=None)
    assert findings(expected, OPEN, MISSED) == {"checked": 1}


def test_a_word_that_was_not_said_is_lost() -> None:
    assert findings(OPEN) == {"lost": 1, "checked": 1}


def test_a_moment_that_was_withdrawn_wrongly_is_lost() -> None:
    gone = msgspec.structs.replace(MISSED, to="retracted")
    assert findings(MISSED, OPEN, gone) == {"lost": 1, "checked": 1}


def test_a_hole_in_the_revisions_is_a_lost_word() -> None:
    third = msgspec.structs.replace(MISSED, revision=3)
    assert findings(third, OPEN, third) == {"lost": 1, "checked": 1}


def test_an_id_said_twice_is_repeated() -> None:
    assert findings(OPEN, OPEN, OPEN) == {"repeated": 1, "checked": 1}


def test_a_word_without_events_is_invented() -> None:
    assert findings(None, OPEN) == {"invented": 1, "checked": 1}


def test_a_moment_that_is_retracted_may_be_absent_from_the_fold() -> None:
    assert findings(None, msgspec.structs.replace(OPEN, to="retracted")) == {"checked": 1}


def test_another_value_is_wrong_and_named() -> None:
    found = compare({"i1": OPEN}, [msgspec.structs.replace(OPEN, value=1.0)])
    assert (found.wrong, found.clean) == (1, False)
    assert "value is 1.0, expected 129.9" in found.sentences[0]


STAGE = transition(1, kind="stage", moment=None, instance="s", to="use", at="2026-01-01T00:00:00Z")
ANEW = msgspec.structs.replace(STAGE, id="t9", to="visiting", at="2026-03-01T00:00:00Z")


@pytest.mark.parametrize(
    ("end", "lost"),
    [
        ("2025-12-31T00:00:00Z", 1),
        ("2026-01-31T00:00:00Z", 0),
        ("2026-03-02T00:00:00Z", 1),
    ],
)
def test_a_stage_begins_anew_only_after_the_end_of_a_life(end: str, lost: int) -> None:
    found = compare({"s": ANEW}, [STAGE, ANEW], [parse_instant(end)])
    assert found.lost == lost
    assert not lost or "lost: the state of" in found.sentences[0]


def test_a_moment_never_begins_anew() -> None:
    again = msgspec.structs.replace(OPEN, id="t9", at="2027-01-01T00:00:00Z")
    end = parse_instant(OPEN.at) + 1
    assert compare({"i1": again}, [OPEN, again], [end]).lost == 1


def test_what_follows_a_word_that_begins_anew_is_counted_on() -> None:
    """One state that was lost is one finding, not one for every word after it."""
    second = msgspec.structs.replace(ANEW, id="t10", revision=2, to="use")
    assert compare({"s": second}, [STAGE, ANEW, second]).lost == 1


@pytest.mark.parametrize(("subject", "days"), [("anon:d", 30), ("person:u", 400)])
def test_a_life_ends_so_long_after_its_last_signal(subject: str, days: int) -> None:
    engine = Engine([shipped("four-moments")])

    def at(day: int, name: str = "Order Completed", late: int = 0) -> Event:
        return Event(subject, f"m{day}", day * DAY, (day + late) * DAY, name)

    lives = [at(days + 4), at(2), at(0), at(2 * days + 3), at(9, "Nothing To Any Model")]
    assert ends_of_lives(engine, subject, lives) == [(days + 2) * DAY]
    assert ends_of_lives(engine, subject, [*lives, at(9, late=8)]) == [(days + 2) * DAY]
    assert ends_of_lives(engine, subject, [*lives, at(9)]) == []


def test_a_state_is_kept_until_nothing_can_join_the_life_after_its_last_signal() -> None:
    engine = Engine([shipped("four-moments")])
    order = Event("person:u", "m", DAY, DAY, "Order Completed")
    other = Event("person:u", "n", 9 * DAY, 9 * DAY, "Nothing To Any Model")
    assert remembered_until(engine, "person:u", [order, other], []) == (1 + 400 + 7) * DAY
    told = parse_instant(OPEN.evidence[0].at)
    assert remembered_until(engine, "anon:d", [], [OPEN]) == told + (30 + 7) * DAY
    assert remembered_until(engine, "person:u", [other], []) is None


def test_findings_add_up() -> None:
    total = Findings(lost=1, checked=2)
    total.add(Findings(lost=2, checked=3, sentences=["lost: x"]))
    assert (total.lost, total.checked, total.clean) == (3, 5, False)


def test_true_is_not_one() -> None:
    one, true = (msgspec.structs.replace(OPEN, facts={"known": value}) for value in (1, True))
    assert findings(one, true) == {"wrong": 1, "checked": 1}


def test_what_retention_may_have_removed_is_not_called_lost() -> None:
    later = Span(kept=parse_instant(OPEN.at) + 1)
    assert compare({"i1": OPEN}, [], span=later).clean
    assert compare({"i1": OPEN}, [], span=Span(kept=parse_instant(OPEN.at))).lost == 1
    third = msgspec.structs.replace(MISSED, revision=3)
    assert compare({"i1": third}, [third], span=later).clean


def test_what_was_over_at_the_base_is_not_called_invented() -> None:
    assert compare({}, [OPEN], span=Span(base=parse_instant(OPEN.at) + 1)).clean
    assert compare({}, [OPEN], span=Span(base=parse_instant(OPEN.at))).invented == 1


ALERT = alert(1)
ASSIGNED = Outcome(
    id="a1", name="assign", by="ann", accepted=True, clock=ALERT.last_at, assignee="cleo"
)


def of_alerts(expected: Alert | None, said: Alert | None, *forgotten: str) -> dict[str, int]:
    wanted, there = ([one] if one else [] for one in (expected, said))
    counts = compare_alerts(wanted, there, forgotten).counts()
    return {name: count for name, count in counts.items() if count}


def test_an_alert_is_compared_but_for_how_it_came_about() -> None:
    other = (AlertChange(ALERT.first_at, "firing", "another way"),)
    assert of_alerts(ALERT, msgspec.structs.replace(ALERT, history=other)) == {"checked": 1}


@pytest.mark.parametrize(
    "changed",
    [
        {"count": 2},
        {"status": "resolved"},
        {"assignee": "ben"},
        {"title": "x"},
        {"snoozed_until": ALERT.last_at},
        {"history": ()},
    ],
    ids=str,
)
def test_an_alert_that_differs_is_wrong(changed: dict[str, Any]) -> None:
    history = (*ALERT.history, AlertChange(ALERT.last_at, "firing", "ann did", ASSIGNED))
    said = msgspec.structs.replace(ALERT, **({"history": history} | changed))
    assert of_alerts(ALERT, said) == {"wrong": 1, "checked": 1}


def test_alerts_are_lost_and_invented() -> None:
    assert of_alerts(ALERT, None) == {"lost": 1, "checked": 1}
    assert of_alerts(None, ALERT) == {"invented": 1, "checked": 1}


def test_an_alert_of_which_nothing_stands_may_be_absent_from_the_fold() -> None:
    resolved = msgspec.structs.replace(ALERT, status="resolved")
    assert of_alerts(None, msgspec.structs.replace(resolved, count=0)) == {"checked": 1}
    assert of_alerts(None, resolved) == {"invented": 1, "checked": 1}
    assert of_alerts(None, resolved, resolved.model) == {"checked": 1}
    assert of_alerts(None, ALERT, ALERT.model) == {"invented": 1, "checked": 1}


def of_views(expected: dict[str, Any] | None, said: dict[str, Any] | None) -> dict[str, int]:
    counts = compare_view("person:u1", expected, said).counts()
    return {name: count for name, count in counts.items() if count}


def changed_view(**changed: Any) -> dict[str, Any]:
    """Give the view of customer 1 with other fields of its one model."""
    shown = view(1)
    model = shown["models"]["four-moments"] | changed
    return shown | {"models": {"four-moments": model}}


def test_a_journey_is_compared_but_for_what_moves_on_between_two_messages() -> None:
    moment = view(1)["models"]["four-moments"]["moments"][0]
    later = changed_view(
        version="2.0.0", facts={}, scores={}, moments=[moment | {"value": 1.0, "deadline": "x"}]
    )
    assert of_views(view(1), later | {"clock": "later"}) == {"checked": 1}


def test_a_journey_that_differs_is_wrong() -> None:
    moment = view(1)["models"]["four-moments"]["moments"][0]
    for other in (
        changed_view(stage={"name": "use", "since": view(1)["clock"]}),
        changed_view(moments=[]),
        changed_view(moments=[moment | {"state": "at_risk"}]),
        view(1) | {"next_deadline": view(1)["clock"]},
        view(1) | {"alerts": [{"id": "a1"}]},
    ):
        assert of_views(view(1), other) == {"wrong": 1, "checked": 1}


def test_journeys_are_lost_and_invented_and_may_be_gone_after_a_life() -> None:
    over = changed_view(stage=None, moments=[])
    assert of_views(view(1), None) == {"lost": 1, "checked": 1}
    assert of_views(None, view(1)) == {"invented": 1, "checked": 1}
    assert of_views(None, None) == {}
    assert of_views(over, over) == {"checked": 1}
    assert of_views(over, None) == {"checked": 1}
    assert of_views(over, changed_view(moments=[])) == {"checked": 1}


def test_an_event_is_no_signal_to_a_version_that_is_stamped_after_it() -> None:
    """So it does not prolong a life."""
    model = shipped("four-moments")
    stamped = Engine([Activation(model, stamp=5 * DAY)])
    before = Event("anon:d", "m1", 4 * DAY, 4 * DAY, "Order Completed")
    after = Event("anon:d", "m2", 40 * DAY, 40 * DAY, "Order Completed")
    assert ends_of_lives(stamped, "anon:d", [before, after]) == []
    assert ends_of_lives(Engine([model]), "anon:d", [before, after]) == [34 * DAY]

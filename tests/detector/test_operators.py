"""Operators' actions in a partition, without a broker."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from journey.instant import DAY, HOUR, MINUTE, format_instant
from services.detector.errors import TooManyBad
from services.detector.limits import Limits
from tests.detector.driver import START, Driver
from topics.contracts import ALERT_ACTIONS, ALERTS, DEAD_LETTERS, JOURNEYS


class Shift:
    """A partition with one customer whose cart was left, and operators who see the alert."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.driver = Driver(limits=limits)
        self.driver.tick()
        self.driver.event("Product Added", price=10)
        self.driver.read()
        self.driver.tick(START + DAY + MINUTE)
        self.alerts: dict[str, dict[str, Any]] = {}
        self.dead: list[str] = []
        self.listen()
        [self.alert] = [one for one in self.alerts.values() if one["status"] == "firing"]

    def listen(self) -> None:
        """Commit, and hear what is said of alerts and what became a dead letter."""
        flush = self.driver.flush()
        for out in flush.work.outgoing if flush else ():
            if out.topic == ALERTS:
                said = msgspec.json.decode(out.value or b"")
                self.alerts[said["id"]] = said
            if out.topic == DEAD_LETTERS:
                headers = {name: (value or b"").decode() for name, value in out.headers}
                self.dead.append(
                    f"{headers['__connect.errors.stage']} {headers['touchstone_reason']}"
                )

    def act(self, name: str, **changed: Any) -> dict[str, Any]:
        """Write an action and let it be folded; give the alert as it stands then."""
        body = {
            "id": f"a{len(self.driver.log[ALERT_ACTIONS])}",
            "alert": self.alert["id"],
            "subject": self.alert["subject"],
            "action": name,
            "by": "ann",
            "seen": self.alert["status"],
        } | changed
        key = self.driver.customer().encode()
        self.driver.append(ALERT_ACTIONS, {"key": key, "value": msgspec.json.encode(body)})
        self.driver.read()
        self.listen()
        self.alert = self.alerts[self.alert["id"]]
        return self.alert


def test_an_action_changes_the_alert_in_the_transaction_that_commits_its_offset() -> None:
    shift = Shift()
    assert shift.act("acknowledge")["status"] == "acknowledged"
    assert shift.driver.offsets[ALERT_ACTIONS] == 1


def test_the_public_journey_shows_the_alert_as_it_is() -> None:
    shift = Shift()
    shift.driver.append(ALERT_ACTIONS, {"key": b"", "value": None})
    shift.act("acknowledge")
    key = shift.alert["subject"].encode()
    assert shift.driver.states.get(key) is not None
    driver = shift.driver
    driver.append(
        ALERT_ACTIONS,
        {
            "key": b"",
            "value": msgspec.json.encode(
                {
                    "id": "r1",
                    "alert": shift.alert["id"],
                    "subject": shift.alert["subject"],
                    "action": "resolve",
                    "by": "ann",
                    "seen": "acknowledged",
                }
            ),
        },
    )
    driver.read()
    flush = driver.flush()
    assert flush is not None
    [view] = [one.value or b"" for one in flush.work.outgoing if one.topic == JOURNEYS]
    shown = [one["id"] for one in msgspec.json.decode(view)["alerts"]]
    assert shift.alert["id"] not in shown


def test_what_was_done_survives_a_restart_and_a_journey_out_of_memory() -> None:
    shift = Shift(Limits(journeys=1))
    shift.act("assign", assignee="ben")
    shift.act("comment", text="Called.")
    for nth in range(1, 4):
        shift.driver.event("Product Viewed", who=shift.driver.customer(nth))
    shift.driver.read()
    shift.listen()
    shift.driver.restart()
    alert = shift.act("acknowledge")
    assert (alert["status"], alert["assignee"]) == ("acknowledged", "ben")
    assert [comment["text"] for comment in alert["comments"]] == ["Called."]


def test_an_action_read_again_after_a_lost_commit_is_decided_anew_and_heard_once() -> None:
    shift = Shift()
    shift.act("comment", id="c1", text="Called.")
    before = shift.alert
    shift.act("comment", id="c1", text="Called.")
    assert shift.alert == before


def test_a_snooze_ends_without_anything_arriving() -> None:
    shift = Shift()
    until = shift.driver.now + HOUR
    assert shift.act("snooze", until=format_instant(until))["status"] == "snoozed"
    shift.driver.restart()
    shift.driver.tick(until)
    shift.listen()
    assert shift.alerts[shift.alert["id"]]["status"] == "firing"
    assert shift.alerts[shift.alert["id"]]["history"][-1]["reason"] == "the snooze is over"


def test_an_action_does_not_move_the_clock_nor_hold_it_back() -> None:
    shift = Shift()
    before = shift.driver.partition.clock.now
    shift.driver.now += HOUR
    shift.act("acknowledge")
    assert shift.driver.partition.clock.now == before
    shift.driver.append(ALERT_ACTIONS, {"key": b"", "value": b"{}"})  # not read yet
    shift.driver.tick(shift.driver.now + HOUR)
    assert shift.driver.partition.clock.now == shift.driver.now


def test_what_cannot_be_decided_is_a_dead_letter_that_says_why() -> None:
    shift = Shift()
    shift.act("acknowledge", alert="nope")
    shift.act("acknowledge", subject=f"person:{shift.driver.customer(7)}")
    shift.act("acknowledge", subject=f"person:{Driver(1).customer()}")
    shift.act("close")
    shift.act("snooze")
    assert shift.dead == [
        "decide no_such_alert",
        "decide no_such_alert",
        "route misrouted",
        "decode unknown_action",
        "decode missing_field",
    ]
    assert shift.alert["status"] == "firing"


def test_actions_on_alerts_that_are_gone_are_no_flood_and_bad_ones_are() -> None:
    shift = Shift(Limits(bad_window=20))
    for _ in range(50):
        shift.act("acknowledge", alert="nope")
    for _ in range(50):
        shift.driver.append(ALERT_ACTIONS, {"key": b"", "value": b"{}"})
    with pytest.raises(TooManyBad):
        shift.driver.read()

"""Actions on alerts: what is exactly one is read, and what is not is refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from topics import contracts
from topics.actions import decode_action
from topics.errors import BadAction, BadEvent

ACTION = {
    "id": "a1",
    "alert": "5d20b7e4f1964c0a8a61c3f7",
    "subject": "person:u42",
    "action": "acknowledge",
    "by": "ann",
    "seen": "firing",
}
ARRIVAL = 1_790_000_000_000


def body(**changes: Any) -> bytes:
    said = {name: value for name, value in (ACTION | changes).items() if value is not ...}
    return json.dumps(said).encode()


@pytest.mark.parametrize(
    "example", contracts.load()[contracts.ALERT_ACTIONS].examples, ids=lambda one: one.value["id"]
)
def test_every_example_of_the_topic_is_read_whole(example: contracts.Example) -> None:
    action = decode_action(json.dumps(example.value).encode(), ARRIVAL)
    assert (action.id, action.name, action.at) == (
        example.value["id"], example.value["action"], ARRIVAL,
    )  # fmt: skip
    assert (action.until is not None) == ("until" in example.value)
    assert (action.assignee, action.text) == (
        example.value.get("assignee"), example.value.get("text"),
    )  # fmt: skip


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"id": ...}, "missing_field", "id is absent; expected a string of 1 to 128"),
    ({"id": "x" * 129}, "too_long", "id has 129 characters"),
    ({"alert": 7}, "wrong_type", "alert is no string"),
    ({"by": ""}, "missing_field", "by is absent"),
    ({"subject": "u42"}, "wrong_type", "subject has no type; expected one like person:u42"),
    ({"subject": "person:"}, "wrong_type", "subject has no type"),
    ({"action": "close"}, "unknown_action", "expected one of acknowledge, snooze"),
    ({"seen": "open"}, "unknown_status", "expected one of firing, acknowledged"),
    ({"note": "x"}, "unknown_field", "acknowledge has exactly id, alert, subject, action, by"),
    ({"until": "2026-11-22T08:00:00Z"}, "unknown_field", "there are other fields"),
    ({"action": "snooze"}, "bad_timestamp", "until"),
    ({"action": "snooze", "until": "soon"}, "bad_timestamp", "until is not an instant"),
    ({"action": "assign"}, "missing_field", "assignee is absent"),
    ({"action": "comment", "text": "x" * 1001}, "too_long", "text has 1001 characters"),
]


@pytest.mark.parametrize(("changes", "reason", "sentence"), BROKEN)
def test_what_is_not_exactly_an_action_is_refused_and_says_why(
    changes: dict[str, Any], reason: str, sentence: str
) -> None:
    if reason == "bad_timestamp" and "until" not in changes:
        reason = "missing_field"
    with pytest.raises(BadEvent) as bad:
        decode_action(body(**changes), ARRIVAL)
    assert bad.value.reason == reason
    assert sentence in str(bad.value)
    validator = Draft202012Validator(contracts.schema("alert-action.json"))
    if changes.get("until") != "soon":  # a schema does not read instants
        assert not validator.is_valid(json.loads(body(**changes)))


def test_a_refusal_of_an_action_is_one_of_a_bad_event() -> None:
    assert issubclass(BadAction, BadEvent)


@pytest.mark.parametrize("value", [None, b"", b"[]", b"{", b"\xff"])
def test_what_is_no_object_is_refused(value: bytes | None) -> None:
    with pytest.raises(BadEvent):
        decode_action(value, ARRIVAL)

"""Everything that is no event is refused with a reason, whatever is read of it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.topics.events import an_event, encoded
from topics import contracts
from topics.decode import EventDecoder
from topics.errors import REASONS, BadEvent

LONG = "x" * 513
SECRET = "tell-nobody"

NOT_JSON = [
    (None, "no_value", "no value"),
    (b"", "no_value", "no value"),
    (b"{", "not_json", "cannot be read"),
    (b'{"messageId":"m"} {}', "not_json", "trailing characters"),
    (b'\xef\xbb\xbf{"messageId":"m"}', "not_json", "byte 0"),
    (b'{"note":"\xff"}', "not_json", "not UTF-8 at byte 9"),
    (b'{"note":"\\ud800"}', "not_json", "cannot be read"),
    (b'{"note":NaN}', "not_json", "invalid character"),
    (b'{"note":' + b"[" * 100_000, "not_json", "nested too deeply"),
    (b'{"properties":' + b'{"price":' * 100_000, "not_json", "nested too deeply"),
    (b"[]", "not_an_object", "not an object"),
    (b"null", "not_an_object", "not an object"),
    (b'"text"', "not_an_object", "not an object"),
]

# msgspec stops at a number out of range, before it has seen what else is wrong.
FAULTS_BEHIND_A_NUMBER = [
    (b'"x":' + b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    (b'"x":{},', "cannot be read"),
    (b'"x":NaN', "invalid character"),
    (b'"x":"\\ud800"', "cannot be read"),
    (b'"userId":"\\ud800"', "cannot be read"),
    (b'"properties":{"price":["\\ud800"]}', "cannot be read"),
]

BROKEN = [
    ({"messageId": ...}, "missing_field", "messageId is absent; every event must have one"),
    ({"messageId": None}, "missing_field", "messageId is absent"),
    ({"messageId": ""}, "missing_field", "messageId is absent"),
    ({"messageId": 7}, "wrong_type", "messageId is a number; expected a string of 1 to 512"),
    ({"messageId": LONG}, "too_long", "messageId has 513 characters; expected at most 512"),
    ({"type": ...}, "missing_field", "type is absent"),
    ({"type": 5}, "wrong_type", "type is a number"),
    ({"type": SECRET}, "unknown_type", "type is unknown; expected one of track, page"),
    ({"timestamp": ...}, "missing_field", "timestamp is absent"),
    ({"timestamp": ""}, "missing_field", "timestamp is absent"),
    ({"timestamp": 1448064000}, "bad_timestamp", "timestamp is a number; expected RFC 3339"),
    ({"timestamp": SECRET}, "bad_timestamp", "timestamp is not an instant; expected RFC 3339"),
    ({"timestamp": "2026-11-20"}, "bad_timestamp", "timestamp is not an instant"),
    ({"timestamp": "2026-11-20T10:00:00"}, "bad_timestamp", "with a zone"),
    ({"timestamp": "0001-01-01T00:00:00+05:00"}, "bad_timestamp", "a year 1970 to 2999"),
    ({"timestamp": "1969-12-31T23:59:59.999Z"}, "bad_timestamp", "a year 1970 to 2999"),
    ({"timestamp": "3000-01-01T00:00:00Z"}, "bad_timestamp", "a year 1970 to 2999"),
    ({"timestamp": "9999-12-31T23:59:59-05:00"}, "bad_timestamp", "a year 1970 to 2999"),
    ({"userId": ...}, "no_customer", "userId and anonymousId are absent; expected one of them"),
    ({"userId": None, "anonymousId": ""}, "no_customer", "are absent"),
    ({"userId": 42}, "wrong_type", "userId is a number; expected a string"),
    ({"userId": True}, "wrong_type", "userId is a boolean; expected a string"),
    ({"anonymousId": ["d"]}, "wrong_type", "anonymousId is an array; expected a string"),
    ({"userId": LONG}, "too_long", "userId has 513 characters"),
    ({"anonymousId": LONG}, "too_long", "anonymousId has 513 characters"),
    ({"event": ...}, "missing_field", "event is absent; every track call must have one"),
    ({"event": ""}, "missing_field", "event is absent"),
    ({"event": 5}, "wrong_type", "event is a number"),
    ({"event": LONG}, "too_long", "event has 513 characters"),
    ({"type": "alias", "previousId": 7}, "wrong_type", "previousId is a number; expected a string"),
    ({"type": "alias", "previousId": LONG}, "too_long", "previousId has 513 characters"),
    (
        {"type": "group", "groupId": ["acme"]},
        "wrong_type",
        "groupId is an array; expected a string",
    ),
    ({"type": "group", "groupId": True}, "wrong_type", "groupId is a boolean; expected a string"),
    ({"type": "group", "groupId": 7.5}, "wrong_type", "groupId is a number; expected a string"),
    ({"type": "group", "groupId": 2**63}, "wrong_type", "groupId is a number; expected a string"),
    ({"type": "group", "groupId": LONG}, "too_long", "groupId has 513 characters"),
    ({"properties": []}, "wrong_type", "properties is an array; expected an object or null"),
    ({"context": SECRET}, "wrong_type", "context is a string; expected an object or null"),
    ({"traits": 5.5}, "wrong_type", "traits is a number; expected an object or null"),
]

PIECES = [
    *(b"", b'"', b"\\", b"\\ud800", b"\xff", b"\x00", b"{", b"}", b"[", b"]", b",", b":", b"NaN"),
    *(b"1e400", b"-1e400", b"9" * 400, b"9" * 5000, b"[" * 5000, b'{"a":' * 5000, b"0.", b"e5"),
    *(b"true", b"null", b'"userId":5', b'"timestamp":"9999-12-31T23:59:59-05:00"', b"-"),
]

READERS = {
    "nothing": EventDecoder(()),
    "some fields": EventDecoder(["properties.price", "context.campaign.source", "note"]),
    "whole objects": EventDecoder(["properties", "properties.price", "traits", "context", "note"]),
    "the envelope": EventDecoder(["messageId", "type", "timestamp", "userId", "event", "groupId"]),
}


def refusal(value: bytes | None, reader: str) -> BadEvent:
    with pytest.raises(BadEvent) as refused:
        READERS[reader].decode(value, 0)
    return refused.value


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("value", "reason", "said"), NOT_JSON, ids=lambda part: repr(part)[:40])
def test_what_is_no_json_object_is_refused(
    value: bytes | None, reason: str, said: str, reader: str
) -> None:
    error = refusal(value, reader)
    assert (error.reason, said in str(error)) == (reason, True), str(error)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("number", [b"1e400", b"9" * 5000], ids=["1e400", "5000 digits"])
@pytest.mark.parametrize(
    ("fault", "said"), FAULTS_BEHIND_A_NUMBER, ids=lambda part: repr(part)[:40]
)
def test_what_is_no_json_is_refused_also_behind_a_number_out_of_range(
    fault: bytes, said: str, number: bytes, reader: str
) -> None:
    event = encoded(an_event(properties=...)).removesuffix(b"}")
    error = refusal(event + b',"note":' + number + b"," + fault + b"}", reader)
    assert (error.reason, said in str(error)) == ("not_json", True), str(error)


@pytest.mark.parametrize("reader", READERS)
@given(st.data())
@settings(deadline=None, max_examples=300)
def test_whatever_arrives_is_an_event_or_is_refused(reader: str, data: st.DataObject) -> None:
    text = encoded(an_event())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(at, min(len(text), at + 20)))
        text = text[:at] + data.draw(st.sampled_from(PIECES)) + text[end:]
    with suppress(BadEvent):
        READERS[reader].decode(text, 0)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("changes", "reason", "said"), BROKEN, ids=lambda part: repr(part)[:40])
def test_what_breaks_a_rule_is_refused_with_what_was_expected(
    changes: dict[str, Any], reason: str, said: str, reader: str
) -> None:
    error = refusal(encoded(an_event(**changes)), reader)
    assert (error.reason, said in str(error)) == (reason, True), str(error)


@pytest.mark.parametrize(("changes", "reason", "said"), BROKEN, ids=lambda part: repr(part)[:40])
def test_a_refusal_tells_nothing_of_the_customer(
    changes: dict[str, Any], reason: str, said: str
) -> None:
    said_of_it = str(refusal(encoded(an_event(**changes)), "nothing"))
    assert not re.search(f"{SECRET}|{LONG}|u42|m-1", said_of_it)


def test_every_reason_is_known() -> None:
    cases = [reason for _, reason, _ in (*NOT_JSON, *BROKEN)]
    of_actions = {"unknown_action", "unknown_status", "unknown_field"}
    assert {*cases, "bad_mark", "bad_origin"} | of_actions == set(REASONS)


@pytest.mark.parametrize(
    "changes",
    # A schema cannot count years.
    [changes for changes, _, said in BROKEN if "1970" not in said],
    ids=lambda part: repr(part)[:40],
)
def test_the_schema_refuses_what_the_decoder_refuses(changes: dict[str, Any]) -> None:
    validator = Draft202012Validator(contracts.schema("event.json"))
    assert validator.is_valid(an_event())
    assert not validator.is_valid(an_event(**changes))

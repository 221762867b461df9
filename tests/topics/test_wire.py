from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from journey.said import Alert, AlertChange, Comment, Evidence, Outcome, Transition
from topics import contracts, wire
from topics.deadletters import dead_letter_headers
from topics.errors import BadEvent
from topics.marks import HEADER, mark_headers, mark_of

EVIDENCE = (
    Evidence(message_id="m-1", event="Product Added", at="2026-11-20T10:00:00Z", role="opened"),
)

MOMENT = Transition(
    id="t-1",
    kind="moment",
    model="four moments/é",
    model_version="1.2.0",
    subject="person:zoë",
    moment="fmot",
    stage="decision",
    key=None,
    instance="i-1",
    revision=2,
    from_="open",
    to="missed",
    at="2026-11-21T10:00:00Z",
    deadline="2026-11-21T10:00:00Z",
    value=129.9,
    currency="EUR",
    reason="no order within 24 h of the cart",
    evidence=EVIDENCE,
    labels={"channel": "web"},
    facts={
        "wish": "lamp",
        "orders": 2,
        "price": 129.9,
        "consent": True,
        "spent": {"EUR": 84.0},
        "firm": None,
    },
)
STAGE = msgspec.structs.replace(
    MOMENT,
    kind="stage",
    moment=None,
    from_=None,
    to="decision",
    deadline=None,
    value=None,
    currency=None,
    labels={},
    facts={},
)

ASSIGNED = Outcome(
    id="a1",
    name="assign",
    by="ann",
    accepted=True,
    clock="2026-11-21T10:04:59.750Z",
    assignee="ben",
)
ALERT = Alert(
    id="f-1",
    status="firing",
    severity="info",
    kind="opportunity",
    model="four-moments",
    moment="fmot",
    subject="person:u42",
    key=None,
    title="A cart was left",
    playbook=None,
    team="crm",
    assignee=None,
    count=1,
    value=129.9,
    currency="EUR",
    first_at="2026-11-21T10:00:00Z",
    last_at="2026-11-21T10:00:00Z",
    snoozed_until=None,
    evidence=EVIDENCE,
    history=(
        AlertChange("2026-11-21T10:00:00Z", "firing", "fmot missed"),
        AlertChange("2026-11-21T10:05:00Z", "firing", "ann assigned it to ben", ASSIGNED),
    ),
    comments=(Comment("c1", "2026-11-21T10:06:00Z", "ann", "call them"),),
)


def validate(file: str, value: Any) -> None:
    Draft202012Validator(contracts.schema(file)).validate(value)


@pytest.mark.parametrize("transition", [MOMENT, STAGE], ids=["moment", "stage"])
def test_a_transition_keeps_its_schema_and_reads_back(transition: Transition) -> None:
    value = wire.encode_transition(transition)
    validate("transition.json", json.loads(value))
    assert msgspec.json.decode(value, type=Transition) == transition


def test_what_a_transition_has_not_is_null() -> None:
    value = json.loads(wire.encode_transition(STAGE))
    assert list(value)[:4] == ["id", "kind", "model", "model_version"]
    assert {value[name] for name in ("moment", "key", "from", "deadline", "value")} == {None}


def test_an_alert_keeps_its_schema_and_reads_back() -> None:
    value = wire.encode_alert(ALERT)
    validate("alert.json", json.loads(value))
    assert msgspec.json.decode(value, type=Alert) == ALERT


@pytest.mark.parametrize(
    ("file", "struct"), [("transition.json", Transition), ("alert.json", Alert)]
)
def test_a_schema_has_the_fields_of_what_is_said_and_no_other(
    file: str, struct: type[msgspec.Struct]
) -> None:
    schema = contracts.schema(file)
    fields = list(struct.__struct_encode_fields__)
    assert list(schema["properties"]) == fields
    assert schema["required"] == fields
    assert schema["additionalProperties"] is False


def test_a_view_is_written_as_it_is() -> None:
    view = contracts.load()["journeys"].examples[0].value
    assert json.loads(wire.encode_view(view)) == view


@pytest.mark.parametrize(
    ("transition", "kind"),
    [(MOMENT, "touchstone.moment.missed.v1"), (STAGE, "touchstone.stage.moved.v1")],
    ids=["moment", "stage"],
)
def test_a_transition_has_the_attributes_of_a_cloudevent(transition: Transition, kind: str) -> None:
    headers = {name: value.decode() for name, value in wire.transition_headers(transition)}
    validate("cloudevent.json", headers)
    assert headers == {
        "ce_id": "t-1",
        "ce_source": "/touchstone/models/four%20moments%2F%C3%A9",
        "ce_specversion": "1.0",
        "ce_type": kind,
        "ce_subject": "person:zoë",
        "ce_time": "2026-11-21T10:00:00Z",
        "content-type": "application/json",
    }


def test_a_dead_letter_has_the_headers_of_connect_and_a_reason() -> None:
    headers = dead_letter_headers(
        topic="events.web",
        partition=2,
        offset=48_813,
        stage="decode",
        exception="BadEvent",
        message="messageId is absent; every event must have one",
        reason="missing_field",
    )
    said = {name: value.decode() for name, value in headers}
    validate("dead-letter.json", said)
    assert said == contracts.load()["dead-letters"].examples[0].headers


def test_a_mark_tells_its_clock() -> None:
    assert mark_of(mark_headers(1_700_000_000_123)) == 1_700_000_000_123


@pytest.mark.parametrize("headers", [None, (), [("trace", b"5")], [("trace", None)]])
def test_what_has_no_mark_is_none(headers: list[tuple[str, bytes | None]] | None) -> None:
    assert mark_of(headers) is None


@pytest.mark.parametrize(
    "value", [None, b"", b"soon", b"-5", b"1.5", b"9" * 40, b"9" * 5000, b"0" * 5000, "²".encode()]
)
def test_a_mark_that_is_no_instant_is_refused(value: bytes | None) -> None:
    with pytest.raises(BadEvent) as refused:
        mark_of([(HEADER, value)])
    assert refused.value.reason == "bad_mark"

from __future__ import annotations

import json

import pytest

from journey.event import Event
from journey.instant import parse_instant
from tests.topics.events import ARRIVAL, an_event, encoded
from topics.decode import EventDecoder
from topics.errors import BadEvent

FIELDS = (
    "properties.price",
    "properties.products",
    "properties.$survey",
    "context.campaign.source",
    "context.groupId",
    "traits.email",
)


def decode(**changes: object) -> Event:
    return EventDecoder(FIELDS).decode(encoded(an_event(**changes)), ARRIVAL)


def test_an_event_has_both_its_stamps_and_the_fields_that_are_read() -> None:
    assert decode() == Event(
        subject="person:u42",
        message_id="m-1",
        t=parse_instant("2026-11-20T10:00:00.250Z"),
        a=ARRIVAL,
        name="Product Added",
        rank=4,
        fields={"properties.price": 129.9},
    )


def test_a_person_goes_before_the_device() -> None:
    assert decode(anonymousId="d-1").subject == "person:u42"


def test_the_device_beside_a_person_is_kept() -> None:
    assert decode(anonymousId="d-1").device == "d-1"
    assert decode(anonymousId="").device is None
    assert decode(userId=None, anonymousId="d-1").device is None


@pytest.mark.parametrize("old", ["d-1", "é" * 512])
def test_an_alias_call_says_who_its_customer_was(old: str) -> None:
    assert decode(type="alias", previousId=old).formerly == old


@pytest.mark.parametrize("none", [None, "", ...])
def test_an_alias_call_may_leave_the_former_id_out(none: object) -> None:
    assert decode(type="alias", previousId=none).formerly is None


@pytest.mark.parametrize("anything", ["d-1", 7, ["d-1"], "x" * 600])
def test_in_other_calls_a_former_id_means_nothing(anything: object) -> None:
    assert decode(previousId=anything).formerly is None


@pytest.mark.parametrize(
    ("group", "given"), [("acme", "acme"), (7, "7"), (0, "0"), (None, "of old"), ("", "of old")]
)
def test_a_group_call_names_the_account_else_the_context_does(group: object, given: str) -> None:
    context = {"groupId": "of old"}
    assert decode(type="group", event=..., groupId=group, context=context).group == given
    assert decode(groupId=group, context=context).group == "of old"


@pytest.mark.parametrize(
    ("value", "given"),
    [
        *(("acme", "acme"), ("é" * 512, "é" * 512), (7, "7"), (-(2**63), str(-(2**63)))),
        *(("", None), ("x" * 513, None), (2**63, None), (2**70, None), (7.5, None), (True, None)),
        *(([], None), ({"id": 7}, None), (None, None), (["x" * 5000], None)),
    ],
    ids=lambda part: repr(part)[:20],
)
def test_a_free_value_names_an_account_or_an_author_where_it_is_an_id(
    value: object, given: str | None
) -> None:
    for decoder in (EventDecoder(FIELDS), EventDecoder(()), EventDecoder(["context"])):
        event = an_event(context={"groupId": value}, properties={"author_id": value})
        said = decoder.decode(encoded(event), 0)
        assert (said.group, said.author) == (given, given)


def test_whose_an_event_is_takes_no_place_among_the_fields_that_are_read() -> None:
    event = encoded(an_event(context={"groupId": "acme"}, properties={"author_id": "u1"}))
    assert EventDecoder(()).decode(event, 0).fields == {}
    assert EventDecoder(FIELDS).decode(event, 0).fields == {"context.groupId": "acme"}


@pytest.mark.parametrize("nobody", [None, "", ...])
def test_without_a_user_id_the_device_is_the_subject(nobody: object) -> None:
    assert decode(userId=nobody, anonymousId="d-1").subject == "anon:d-1"


def test_a_call_that_is_no_track_is_named_after_its_type() -> None:
    assert decode(type="page", event=...).name == "Page"


def test_a_call_that_is_no_track_may_have_any_event() -> None:
    assert decode(type="page", event=5).name == "Page"


def test_an_alias_is_given_the_name_that_models_know() -> None:
    assert decode(event="Viewed Product").name == "Product Viewed"


def test_a_zone_is_taken_into_account() -> None:
    assert decode(timestamp="2026-11-20T11:00:00.250+01:00").t == decode().t


@pytest.mark.parametrize(
    "value",
    [5, -3, 129.9, "129.90", True, None, [], [1, "a"], {"amount": 5}, 2**63, 2**64 - 1, ""],
)
def test_a_value_of_any_type_is_given_as_it_is(value: object) -> None:
    fields = decode(properties={"price": value}).fields
    assert fields == {"properties.price": value}
    assert type(fields["properties.price"]) is type(value)


def test_a_field_that_is_absent_is_absent() -> None:
    assert decode(properties={"colour": "red"}).fields == {}


def test_any_string_may_be_a_key() -> None:
    assert decode(properties={"$survey": "s-1"}).fields == {"properties.$survey": "s-1"}


def test_a_path_leads_through_objects() -> None:
    fields = decode(context={"campaign": {"source": "mail"}, "groupId": "acme"}).fields
    assert fields == {
        "properties.price": 129.9,
        "context.campaign.source": "mail",
        "context.groupId": "acme",
    }


@pytest.mark.parametrize("campaign", ["mail", 5, 2**70, 1.5, True, None, ["mail"]])
def test_what_lies_under_a_value_that_is_no_object_is_absent(campaign: object) -> None:
    assert "context.campaign.source" not in decode(context={"campaign": campaign}).fields


@pytest.mark.parametrize("part", ["properties", "traits", "context"])
def test_an_object_of_the_envelope_may_be_null(part: str) -> None:
    assert decode(**{"properties": ..., part: None}).fields == {}


@pytest.mark.parametrize(
    ("value", "given"),
    [
        (10**30, 1e30),
        (-(10**30), -1e30),
        ([2**64], [2.0**64]),
        ([{"n": -(2**64)}], [{"n": -(2.0**64)}]),
    ],
)
def test_an_integer_beyond_64_bits_is_given_as_a_float(value: object, given: object) -> None:
    assert decode(properties={"price": value}).fields == {"properties.price": given}
    assert repr(decode(properties={"price": value}).fields["properties.price"]) == repr(given)


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"9" * 400, b"9" * 5000])
def test_a_number_that_nothing_can_hold_is_null(number: bytes) -> None:
    value = encoded(an_event()).replace(b"129.9", number)
    assert EventDecoder(FIELDS).decode(value, 0).fields == {"properties.price": None}


@pytest.mark.parametrize("number", [b"1e400", b"9" * 5000])
def test_a_number_that_nobody_reads_is_no_matter(number: bytes) -> None:
    value = encoded(an_event()).replace(b"129.9", number)
    assert EventDecoder(()).decode(value, 0).fields == {}


@pytest.mark.parametrize(
    ("value", "given"),
    [
        ("x" * 512, "x" * 512),
        ("x" * 600_000, "x" * 513),
        (["x" * 600_000], []),
        ({"a": ["x" * 5000]}, {}),
        (["x" * 4000], ["x" * 4000]),
    ],
    ids=lambda part: repr(part)[:20],
)
def test_a_value_too_long_to_be_kept_is_cut_and_can_be_seen_to_be(
    value: object, given: object
) -> None:
    assert decode(properties={"price": value}).fields == {"properties.price": given}


@pytest.mark.parametrize("kind", ["group", "identify"])
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["groupId"], {"groupId": "acme"}),
        (["userId", "anonymousId"], {"userId": "u42"}),
        (["timestamp"], {"timestamp": "2026-11-20T10:00:00.250Z"}),
        (['say "a"', "back\\slash.a", "traits.email"], {'say "a"': 1, "traits.email": "a@b.c"}),
        (["traits"], {"traits": {"email": "a@b.c"}}),
        (["traits", "traits.email"], {"traits": {"email": "a@b.c"}, "traits.email": "a@b.c"}),
        (
            ["integrations.crm.id", "traits.email"],
            {"integrations.crm.id": 7, "traits.email": "a@b.c"},
        ),
    ],
)
def test_a_path_may_lead_anywhere(
    fields: list[str], expected: dict[str, object], kind: str
) -> None:
    event = an_event(
        type=kind,
        groupId="acme",
        traits={"email": "a@b.c"},
        integrations={"crm": {"id": 7}},
        **{'say "a"': 1},
    )
    assert EventDecoder(fields).decode(encoded(event), 0).fields == expected


@pytest.mark.parametrize("kind", ["track", "alias"])
def test_a_value_may_be_nested_as_deeply_as_json_is_read(kind: str) -> None:
    nested = b"[" * 700 + b"]" * 700
    value = encoded(an_event(type=kind)).replace(b"129.9", nested)
    assert EventDecoder(FIELDS).decode(value, 0).fields == {"properties.price": json.loads(nested)}


def test_a_large_number_nested_too_deeply_is_refused() -> None:
    nested = b"[" * 700 + b"9" * 30 + b"]" * 700
    with pytest.raises(BadEvent, match="nested too deeply"):
        EventDecoder(FIELDS).decode(encoded(an_event()).replace(b"129.9", nested), 0)


def test_the_number_that_orders_a_ticket_is_its_sequence() -> None:
    event = decode(event="Ticket Updated", properties={"ticket_id": "T-1", "sequence": 7})
    assert event.sequence == 7


@pytest.mark.parametrize("number", [None, "7", 7.5, -1, True, 2**63, ...])
def test_a_sequence_that_is_no_count_is_as_none(number: object) -> None:
    properties = {} if number is ... else {"sequence": number}
    assert decode(event="Ticket Updated", properties=properties).sequence == 0


def test_a_family_without_numbers_has_no_sequence() -> None:
    assert decode(properties={"sequence": 7}).sequence == 0


def test_ids_of_512_characters_are_good_whatever_the_script() -> None:
    assert decode(userId="é" * 512, messageId="日" * 512).subject == f"person:{'é' * 512}"


def test_of_a_key_that_stands_twice_the_last_one_counts() -> None:
    value = encoded(an_event()).replace(b'"u42"', b'5,"userId":"u43"')
    assert EventDecoder(FIELDS).decode(value, 0).subject == "person:u43"

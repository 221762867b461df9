from __future__ import annotations

from itertools import pairwise

import pytest

from topics import catalogue, contracts
from topics.envelope import TYPES
from topics.errors import BadContract

NAMES = catalogue.load()

LIFE_CYCLES = [
    ("Ticket Created", "Ticket Reopened", "Ticket Updated", "Ticket Solved", "Ticket Closed"),
    ("Product Viewed", "Product Added", "Checkout Started", "Order Completed", "Order Refunded"),
    ("Subscription Started", "Payment Failed", "Subscription Renewed", "Subscription Cancelled"),
    ("Live Chat Conversation Started", "Live Chat Message Sent", "Live Chat Conversation Ended"),
    ("Store Visited", "Basket Filled", "Store Purchase Made", "Store Return Made"),
    ("Booking Started", "Booking Made", "Checked In", "Checked Out", "Stay Rated"),
    ("Appointment Requested", "Appointment Booked", "Treatment Given", "Follow-up Held"),
    ("Application Started", "Contract Signed", "Card Blocked", "Card Replaced", "Contract Ended"),
    ("Test Drive Taken", "Vehicle Sold", "Vehicle Delivered", "Vehicle Serviced"),
]


@pytest.mark.parametrize("cycle", LIFE_CYCLES, ids=lambda cycle: cycle[0])
def test_what_happens_first_has_the_lower_rank(cycle: tuple[str, ...]) -> None:
    for first, then in pairwise(cycle):
        assert NAMES.family(first) == NAMES.family(then)
        assert NAMES.rank(first) < NAMES.rank(then)


def test_the_ordinary_events_of_a_ticket_have_one_rank() -> None:
    ordinary = ("Replied", "Updated", "Reassigned", "Status Changed")
    assert len({NAMES.rank(f"Ticket {what}") for what in ordinary}) == 1


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("Product Viewed", "events.web"),
        ("Product Added", "events.purchase"),
        ("Order Completed", "events.purchase"),
        ("Usage Recorded", "events.purchase"),
        ("Ticket Replied", "events.support"),
        ("Live Chat Message Sent", "events.support"),
        ("NPS Responded", "events.feedback"),
        ("Brand Mentioned", "events.feedback"),
        ("Credit Received", "events.feedback"),
        ("Booking Made", "events.purchase"),
        ("Front Desk Asked", "events.support"),
        ("Identify", "events.web"),
        ("Coffee Spilled", "events.web"),
    ],
)
def test_a_name_decides_the_topic(name: str, topic: str) -> None:
    assert catalogue.topic_of(name) == topic


def test_every_name_goes_to_a_source_topic() -> None:
    assert {entry.topic for entry in NAMES.entries.values()} <= set(contracts.SOURCES)


def test_an_unknown_name_keeps_its_name_and_has_no_family() -> None:
    entry = NAMES.entry("Coffee Spilled")
    assert (entry.name, entry.family, entry.rank) == ("Coffee Spilled", None, 0)


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("Viewed Product", "Product Viewed"),
        ("Completed Order", "Order Completed"),
        ("Viewed Product Category", "Product List Viewed"),
    ],
)
def test_a_name_of_the_first_specification_is_read_as_that_of_the_second(
    alias: str, name: str
) -> None:
    assert NAMES.entry(alias) == NAMES.entry(name)
    assert NAMES.canonical(alias) == name


def test_every_call_but_track_has_a_name() -> None:
    assert {*NAMES.types, "track"} == set(TYPES)
    assert NAMES.types["page"] == "Page"


CATALOGUE = """\
unknown-events: events.web
types: {{page: Page}}
aliases: {{{aliases}}}
families:
  ticket:
    order:
      - events.support: [Ticket Created]
      - events.support: [{second}]
"""


def test_a_name_that_stands_twice_is_refused() -> None:
    text = CATALOGUE.format(aliases="", second="Ticket Created")
    with pytest.raises(BadContract, match="'Ticket Created' stands twice"):
        catalogue.read(text)


def test_an_alias_of_nothing_is_refused() -> None:
    text = CATALOGUE.format(aliases="Created Ticket: Ticket Made", second="Ticket Closed")
    with pytest.raises(BadContract, match=r"aliases: 'Created Ticket'.*'Ticket Made'"):
        catalogue.read(text)


def test_a_catalogue_of_another_form_is_refused_with_its_place() -> None:
    text = CATALOGUE.format(aliases="", second="Ticket Closed") + "      - [Ticket Lost]\n"
    with pytest.raises(BadContract, match=r"catalogue\.yaml: .*\$\.families"):
        catalogue.read(text)

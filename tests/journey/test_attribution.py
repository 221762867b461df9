"""Whose an event is: a function of the set of admitted events, and the one that the rules say."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from journey.attribution import Attribution
from journey.engine import Engine, EngineSettings
from journey.event import Event, anonymous, person
from journey.instant import DAY, HOUR, MINUTE
from journey.links import links_in, told
from tests.journey.attribution_oracle import AttributionOracle, Given

DEVICES = ("1", "2")
PERSONS = ("p", "q", "1")  # one that is called like a device
GROUPS = ("acme", "zeta")
SUBJECTS = [anonymous(one) for one in DEVICES] + [person(one) for one in PERSONS]
IDS = [f"m{number}" for number in range(8)]

instants = st.builds(
    lambda day, offset: day * DAY + offset,
    st.sampled_from([10, 10, 10, 11, 12, 17, 19]),
    st.sampled_from([0, 0, 10 * MINUTE, 20 * MINUTE, HOUR - 1, HOUR]),
)
delays = st.sampled_from(
    [0, 1, MINUTE, 30 * MINUTE, HOUR, DAY, 3 * DAY, 7 * DAY, 7 * DAY + 1, -5 * MINUTE, -HOUR]
)
merges = st.sampled_from([7 * DAY, 2 * DAY, HOUR, 0])


@st.composite
def an_event(draw: st.DrawFn) -> Event:
    subject = draw(st.sampled_from(SUBJECTS))
    known = subject.startswith("person:")
    t = draw(instants)
    return Event(
        subject=subject,
        message_id=draw(st.sampled_from(IDS)),
        t=t,
        a=t + draw(delays),
        name=draw(st.sampled_from(["Product Viewed", "Testimonial Viewed"])),
        rank=draw(st.integers(0, 1)),
        device=draw(st.sampled_from([None, *DEVICES])) if known else None,
        formerly=draw(st.sampled_from([None, None, *PERSONS])) if known else None,
        group=draw(st.sampled_from([None, *GROUPS])),
        author=draw(st.sampled_from([None, None, *PERSONS])),
    )


@st.composite
def sets_of_events(draw: st.DrawFn) -> list[Event]:
    """Some events, some of them sent again: later, or stamped anew."""
    events = draw(st.lists(an_event(), min_size=1, max_size=9))
    for event in draw(st.lists(st.sampled_from(events), max_size=3)):
        later = draw(st.sampled_from([0, 0, 1, HOUR, DAY, DAY + 1]))
        t = event.t + later
        events.append(msgspec.structs.replace(event, t=t, a=t + draw(delays)))
    return events


def engine(merge: int = 7 * DAY) -> Engine:
    return Engine((), EngineSettings(merge=merge))


def flat(attribution: Attribution) -> list[Given]:
    return sorted(
        (
            (
                subject,
                event.message_id,
                event.t,
                event.a,
                event.name,
                event.account,
                repr(sorted(event.fields.items())),
            )
            for subject, events in attribution.subjects.items()
            for event in events
        ),
        key=repr,
    )


def admitted(events: list[Event], merge: int) -> list[Event]:
    return [event for event in events if engine(merge).refusal(event) is None]


@given(sets_of_events(), merges)
def test_everything_is_whose_the_rules_say(events: list[Event], merge: int) -> None:
    said = Attribution(engine(merge), events)
    assert flat(said) == AttributionOracle(admitted(events, merge), merge).given()
    assert all(event.subject == of for of, mine in said.subjects.items() for event in mine)


@given(sets_of_events(), merges, st.data())
def test_neither_order_nor_repetition_matters(
    events: list[Event], merge: int, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(events + events[::2]))
    one = Attribution(engine(merge), events)
    other = Attribution(engine(merge), shuffled)
    assert sorted(set(flat(one)), key=repr) == sorted(set(flat(other)), key=repr)
    assert [one.why(event) for event in events] == [other.why(event) for event in events]


@given(sets_of_events(), merges)
def test_what_is_not_admitted_counts_for_nothing(events: list[Event], merge: int) -> None:
    only = Attribution(engine(merge), admitted(events, merge))
    assert flat(Attribution(engine(merge), events)) == flat(only)


@given(sets_of_events(), merges)
def test_a_copy_stamped_anew_within_a_day_moves_nothing(events: list[Event], merge: int) -> None:
    """A retry is no claim of its own, as long as it belongs to whom the message belongs.

    It is where links of an hour are told once: where the message's own link is not told, as
    another of its hour is, or the retry is told instead of another of the retry's hour.
    """
    mine = [msgspec.structs.replace(one, message_id=f"m{at}") for at, one in enumerate(events)]
    before = Attribution(engine(merge), mine)
    retry = msgspec.structs.replace(mine[0], t=mine[0].t + DAY, a=mine[0].a + DAY)
    oracle = AttributionOracle(admitted(mine, merge), merge)
    assume(oracle.owner(retry.subject, retry.t) == oracle.owner(retry.subject, mine[0].t))
    links = [link for one in admitted(mine, merge) for link in links_in(one)]
    assume(set(links_in(mine[0])) <= set(told(links)) <= set(told([*links, *links_in(retry)])))
    after = Attribution(engine(merge), [*mine, retry])
    kept = [one for one in flat(after) if one[1:4] != (retry.message_id, retry.t, retry.a)]
    assert kept == flat(before)


@given(sets_of_events(), an_event(), merges)
def test_a_message_changes_nothing_that_journeys_have_settled(
    events: list[Event], late: Event, merge: int
) -> None:
    """So no event joins or leaves a journey below the cut: the clock waits for the message."""
    assume(admitted([late], merge))
    settled = late.a - max(engine(merge).settings.lateness, merge)
    before = flat(Attribution(engine(merge), events))
    after = flat(Attribution(engine(merge), [*events, late]))
    assert [one for one in after if one[2] < settled] == [one for one in before if one[2] < settled]


def seen(subject: str, t: int, message_id: str = "", *, a: int | None = None, **ids: str) -> Event:
    return Event(subject, message_id or f"m{t}", t, t if a is None else a, "Seen", **ids)  # type: ignore[arg-type]


def owner(events: list[Event], t: int, subject: str = "anon:d") -> str:
    """Give whose an event of the subject at an instant is, beside others."""
    asked = seen(subject, t, "asked")
    found = Attribution(engine(), [*events, asked]).subjects
    return next(of for of, mine in found.items() if any(one.message_id == "asked" for one in mine))


def test_an_event_of_a_device_is_that_persons_who_next_shows_an_id() -> None:
    links = [seen("person:u", 10 * DAY, device="d"), seen("person:v", 12 * DAY, device="d")]
    assert owner(links, 9 * DAY) == "person:u"
    assert owner(links, 10 * DAY) == "person:u"
    assert owner(links, 10 * DAY + 1) == "person:v"
    assert owner(links, 13 * DAY) == "person:v"


def test_a_link_reaches_back_only_as_long_as_journeys_wait() -> None:
    link = [seen("person:u", 10 * DAY, a=10 * DAY + HOUR, device="d")]
    assert owner(link, 3 * DAY + HOUR) == "person:u"
    assert owner(link, 3 * DAY + HOUR - 1) == "anon:d"


def test_a_link_counts_from_when_it_first_arrived() -> None:
    late = seen("person:u", 10 * DAY, "m1", a=12 * DAY, device="d")
    assert owner([late], 4 * DAY) == "anon:d"
    assert owner([late, seen("person:u", 10 * DAY, "m1", device="d")], 4 * DAY) == "person:u"
    restamped = seen("person:u", 10 * DAY + HOUR, "m1", device="d")
    assert owner([late, restamped], 4 * DAY) == "person:u"


def test_a_link_ahead_of_its_arrival_reaches_back_as_any_other() -> None:
    link = [seen("person:u", 10 * DAY + 5 * MINUTE, a=10 * DAY, device="d")]
    assert owner(link, 3 * DAY) == "person:u"
    assert owner(link, 3 * DAY - 1) == "anon:d"


def test_of_links_at_one_instant_the_message_ids_decide() -> None:
    links = [
        seen("person:u", 10 * DAY, "m2", device="d"),
        seen("person:v", 10 * DAY, "m1", device="d"),
    ]
    assert owner(links, 9 * DAY) == "person:v"
    assert owner(links, 11 * DAY) == "person:u"


def test_a_copy_of_a_link_stamped_anew_is_no_other_link() -> None:
    links = [
        seen("person:u", 10 * DAY, "m1", device="d"),
        seen("person:v", 10 * DAY + HOUR, "m2", device="d"),
    ]
    retry = seen("person:u", 11 * DAY, "m1", device="d")
    later = seen("person:u", 11 * DAY + 1, "m1", device="d")
    assert owner([*links, retry], 10 * DAY + 2 * HOUR) == "person:v"
    assert owner([*links, later], 10 * DAY + 2 * HOUR) == "person:u"


def test_a_copy_that_came_first_counts_though_another_is_stamped_earlier() -> None:
    """The other one came too late to change what was before the first."""
    first = seen("person:u", 10 * DAY + HOUR, "m1", device="d")
    other = seen("person:v", 10 * DAY + 30 * MINUTE, "m2", device="d")
    stamped_earlier = seen("person:u", 10 * DAY, "m1", a=16 * DAY, device="d")
    assert owner([first, other], 4 * DAY) == "person:v"
    assert owner([first, other, stamped_earlier], 4 * DAY) == "person:v"
    assert owner([first, other, stamped_earlier], 9 * DAY) == "person:u"


def test_a_link_that_another_of_its_hour_precedes_is_as_if_it_were_not() -> None:
    hour = 10 * DAY
    links = [
        seen("person:u", hour, device="d"),
        seen("person:v", hour + 10 * MINUTE, device="d"),
        seen("person:u", hour + 20 * MINUTE, device="d"),
    ]
    assert owner(links, hour + 15 * MINUTE) == "person:v"
    arrived_first = seen("person:u", hour + 20 * MINUTE, a=hour + 20 * MINUTE, device="d")
    late = seen("person:u", hour, a=hour + DAY, device="d")
    assert owner([late, links[1], arrived_first], hour + 15 * MINUTE) == "person:u"


def test_an_alias_makes_the_old_id_a_device_of_the_new_one() -> None:
    alias = [seen("person:new", 10 * DAY, formerly="old")]
    assert owner(alias, 9 * DAY, "person:old") == "person:new"
    assert owner(alias, 11 * DAY, "person:old") == "person:new"
    assert owner(alias, 2 * DAY, "person:old") == "person:old"
    assert owner(alias, 9 * DAY, "anon:old") == "person:new"


def test_aliases_lead_on_to_the_last_id() -> None:
    events = [
        seen("person:a", 10 * DAY, device="d"),
        seen("person:b", 11 * DAY, formerly="a"),
        seen("person:c", 12 * DAY, formerly="b"),
    ]
    assert owner(events, 10 * DAY) == "person:c"


@pytest.mark.parametrize("start", ["anon:d", "person:a", "person:b", "person:c"])
def test_aliases_in_a_circle_end_at_the_least_subject_in_it(start: str) -> None:
    events = [
        seen("person:c", 10 * DAY, "m1", device="d"),
        seen("person:b", 10 * DAY, "m2", formerly="c"),
        seen("person:c", 10 * DAY, "m3", formerly="b"),
        seen("person:c", 10 * DAY, "m4", formerly="a"),
    ]
    assert owner(events, 10 * DAY, start) == "person:b"


def test_an_alias_of_oneself_says_nothing() -> None:
    events = [
        seen("person:a", 9 * DAY, formerly="a"),
        seen("person:b", 10 * DAY, formerly="a"),
    ]
    assert owner(events, 8 * DAY, "person:a") == "person:b"


def accounts(events: list[Event]) -> dict[str, list[str]]:
    found = Attribution(engine(), events).subjects
    return {of: sorted(one.message_id for one in mine) for of, mine in found.items()}


def test_an_event_is_of_the_account_that_was_named_last_else_of_the_first_named_in_time() -> None:
    events = [
        seen("person:u", 2 * DAY, "long before"),
        seen("person:u", 9 * DAY, "before"),
        seen("person:u", 10 * DAY, "names acme", group="acme"),
        seen("person:u", 11 * DAY, "between"),
        seen("person:u", 12 * DAY, "names zeta", group="zeta"),
        seen("person:u", 13 * DAY, "after"),
    ]
    assert accounts(events) == {
        "person:u": sorted(one.message_id for one in events),
        "account:acme": ["before", "between", "names acme"],
        "account:zeta": ["after", "names zeta"],
    }


def test_of_accounts_named_at_one_instant_the_order_of_events_decides() -> None:
    events = [
        Event("person:u", "m2", DAY, DAY, "Seen", rank=0, group="acme"),
        Event("person:u", "m1", DAY, DAY, "Seen", rank=1, group="zeta"),
        Event("person:u", "m3", DAY, DAY, "Seen", sequence=1, group="last"),
    ]
    assert set(accounts(events)) == {"person:u", "account:last"}
    assert set(accounts(events[:2])) == {"person:u", "account:zeta"}


def test_a_device_that_becomes_a_persons_brings_the_account_it_named() -> None:
    events = [
        seen("anon:d", 9 * DAY, "m1", group="acme"),
        seen("person:u", 10 * DAY, "m2", device="d"),
    ]
    assert accounts(events) == {"person:u": ["m1", "m2"], "account:acme": ["m1", "m2"]}


def test_an_account_that_a_device_brings_reaches_back_no_further_than_it_was_named() -> None:
    events = [
        seen("person:u", 4 * DAY, "before"),
        seen("anon:d", 10 * DAY, "names acme", group="acme"),
        seen("person:u", 11 * DAY, "after"),
        seen("person:u", 16 * DAY, "link", device="d"),
    ]
    assert accounts(events)["account:acme"] == ["after", "link", "names acme"]


def test_what_was_named_under_an_id_stays_named_when_the_event_becomes_anothers() -> None:
    events = [
        seen("anon:d", 4 * DAY, "before"),
        seen("anon:d", 10 * DAY, "names acme", group="acme"),
    ]
    assert accounts(events)["anon:d"] == ["before", "names acme"]
    link = seen("person:u", 16 * DAY, "link", device="d")
    assert accounts([*events, link])["anon:d"] == ["before"]
    assert accounts([*events, link])["account:acme"] == ["before", "link", "names acme"]


def test_an_account_gets_its_members_events_without_their_other_ids() -> None:
    event = seen("person:u", DAY, device="d", formerly="old", author="v", group="acme")
    given = Attribution(engine(), [event]).subjects["account:acme"]
    assert given == [
        Event(
            "account:acme", event.message_id, DAY, DAY, "Seen", group="acme", account="account:acme"
        )
    ]


def test_an_author_is_credited_without_a_word_of_the_reader() -> None:
    read = seen("anon:d", DAY, "m1", author="writer", group="acme")
    given = Attribution(engine(), [read]).subjects["person:writer"]
    of = {"properties.of": "Seen"}
    assert given == [Event("person:writer", "m1", DAY, DAY, "Credit Received", fields=of)]  # type: ignore[arg-type]


def test_nobody_is_credited_for_reading_their_own() -> None:
    events = [
        seen("anon:d", 9 * DAY, "m1", author="old"),
        seen("person:u", 10 * DAY, "m2", device="d", author="u"),
        seen("person:u", 10 * DAY, "m3", formerly="old"),
    ]
    assert {one.name for one in Attribution(engine(), events).subjects["person:u"]} == {"Seen"}


def test_why_names_the_message_that_decided() -> None:
    alone = seen("anon:x", 9 * DAY)
    view = seen("anon:d", 9 * DAY, author="w")
    link = seen("person:u", 10 * DAY, "m-link", device="d")
    alias = seen("person:v", 11 * DAY, "m-alias", formerly="u")
    group = seen("person:v", 12 * DAY, "m-group", group="acme")
    said = Attribution(engine(), [alone, view, link, alias, group])
    joined = (
        "anon:d is person:u by message m-link of 1970-01-11T00:00:00Z, "
        "person:u is person:v by message m-alias of 1970-01-12T00:00:00Z; "
        "person:v is of account:acme by message m-group of 1970-01-13T00:00:00Z"
    )
    assert said.why(view) == joined
    given = next(one for one in said.subjects["person:v"] if one.message_id == view.message_id)
    assert said.why(given) == joined
    assert said.why(alone) == "nothing joins anon:x to a person in time"
    assert said.why(group).startswith("it carries the id of person:v; person:v is of account:acme")
    credit = said.subjects["person:w"][0]
    assert said.why(credit) == f"message {view.message_id} names person:w as the author"
    copy = said.subjects["account:acme"][0]
    assert said.why(copy) == "it is of a member of account:acme"


def test_why_says_that_aliases_lead_in_a_circle() -> None:
    events = [
        seen("person:b", 10 * DAY, "m1", formerly="a"),
        seen("person:a", 10 * DAY, "m2", formerly="b"),
    ]
    assert Attribution(engine(), events).why(events[0]) == (
        "person:b is person:a by message m2 of 1970-01-11T00:00:00Z, "
        "person:a is person:b by message m1 of 1970-01-11T00:00:00Z, "
        "a circle that ends at person:a"
    )

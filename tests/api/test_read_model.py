from __future__ import annotations

from dataclasses import replace

import pytest

from services.api.context import Context
from services.api.errors import StoreTooNew, Unreadable
from services.api.readmodel import queries
from services.api.readmodel.database import migrate, set_meta
from services.api.readmodel.log import Extent, rebuild_reason
from services.api.readmodel.records import change_of
from services.api.readmodel.resume import Resumed, resume, start_anew
from services.api.readmodel.writer import Place, apply
from services.api.settings import ApiSettings
from tests.api.conftest import opened
from tests.api.sayings import Message, alert, letter, said, tell, transition, view

PLACE: Place = ("transitions", 0)


async def counted(context: Context, what: str) -> dict[str, int]:
    rows = await context.database.read(queries.totals)
    return {f"{row[2]} {row[3]}".strip(): row[4] for row in rows if row[0] == what}


async def test_the_last_word_on_an_instance_replaces_the_earlier_ones(context: Context) -> None:
    missed = transition(1, id="t1b", revision=2, from_="open", to="missed")
    await tell(context, said(transition(1)), said(missed))
    assert await counted(context, "moments") == {"fmot missed": 1}
    assert await counted(context, "transitions") == {"fmot open": 1, "fmot missed": 1}


async def test_a_tombstone_removes_the_customer_and_what_it_was_found_by(context: Context) -> None:
    await tell(context, said(view(1)), said(view(2)))
    await tell(context, Message("journeys", b"person:u1", None))
    found = await context.database.read(
        lambda s: queries.customers(s, queries.CustomerFilter(moment="fmot"), "", 10)
    )
    assert [row[0] for row in found] == ["person:u2"]
    assert await counted(context, "customers") == {"": 1}


async def test_an_alert_is_counted_once_whatever_its_status_was(context: Context) -> None:
    await tell(context, said(alert(1)), said(alert(1, status="resolved")))
    assert await counted(context, "alerts") == {"warning resolved": 1}
    await tell(context, Message("alerts", b"a1", None))
    assert await counted(context, "alerts") == {}


async def test_dead_letters_are_counted_by_reason(context: Context) -> None:
    await tell(context, letter(1), letter(2))
    assert await counted(context, "dead_letters") == {"not_json": 2}


async def test_a_header_without_a_value_or_with_our_name_is_the_producers_own(
    context: Context,
) -> None:
    plain = letter(1)
    theirs = [("trace", None), ("__connect.errors.offset", None), ("touchstone_reason", b"\xff")]
    await tell(context, replace(plain, headers=[*theirs, *plain.headers]))
    assert await counted(context, "dead_letters") == {"not_json": 1}


def test_a_letter_without_its_reason_is_a_fault() -> None:
    plain = letter(1)
    with pytest.raises(Unreadable, match="ValueError"):
        change_of(replace(plain, headers=[*plain.headers, ("touchstone_reason", None)]))


async def test_a_transition_said_twice_is_shown_once(context: Context) -> None:
    await tell(context, said(transition(1)))
    await tell(context, said(transition(1)))
    assert await counted(context, "transitions") == {"fmot open": 1}
    assert context.hub.sequence == 1


async def test_offsets_and_rows_are_written_together_or_not_at_all(context: Context) -> None:
    await tell(context, said(transition(1)), positions={PLACE: 1})

    def half(session: object) -> None:
        apply(session, [change_of(said(transition(2)))], {PLACE: 2}, 10)  # type: ignore[arg-type]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await context.database.write(half)
    resumed = await context.database.read(resume)
    assert (resumed.offsets, resumed.sequence) == ({PLACE: 1}, 1)
    assert await counted(context, "transitions") == {"fmot open": 1}


async def test_a_question_cannot_change_anything(context: Context) -> None:
    with pytest.raises(Exception, match="readonly"):
        await context.database.read(lambda s: s.run("DELETE FROM journeys"))


async def test_the_stream_keeps_no_more_than_it_is_told(context: Context) -> None:
    changes = [change_of(said(transition(n))) for n in range(30)]
    await context.database.write(lambda s: apply(s, changes[:20], {}, 5))
    await context.database.write(lambda s: apply(s, changes[20:], {}, 5))
    kept = await context.database.read(lambda s: queries.entries(s, 0, 100))
    assert [entry.sequence for entry in kept] == [26, 27, 28, 29, 30]


async def test_a_new_process_goes_on_with_the_numbering_of_the_last(settings: ApiSettings) -> None:
    async with opened(settings) as context:
        await tell(context, said(transition(1)), said(alert(1)))
        before = (context.hub.epoch, context.hub.sequence)
    async with opened(settings) as context:
        assert (context.hub.epoch, context.hub.sequence) == before


async def test_a_rebuild_begins_empty_and_with_another_epoch(context: Context) -> None:
    await tell(context, said(transition(1)), said(view(1)), positions={PLACE: 1})
    before = context.hub.epoch
    resumed = await context.database.write(lambda s: start_anew(s, "cluster"))
    assert resumed.epoch != before
    assert (resumed.sequence, resumed.offsets) == (0, {})
    assert await counted(context, "customers") == {}


async def test_a_read_model_from_the_future_is_refused(context: Context) -> None:
    def age(session: object) -> None:
        set_meta(session, "schema", "999")  # type: ignore[arg-type]
        migrate(session)  # type: ignore[arg-type]

    with pytest.raises(StoreTooNew, match="schema 999"):
        await context.database.write(age)


@pytest.mark.parametrize(
    ("resumed", "reason"),
    [
        (Resumed("", 0, "", {}), "it is new"),
        (Resumed("e", 1, "c", {PLACE: 5}), None),
        (Resumed("e", 1, "c", {}), None),
        (Resumed("e", 1, "other", {PLACE: 5}), "another Kafka cluster"),
        (Resumed("e", 1, "c", {PLACE: 8}), "was made again"),
        (Resumed("e", 1, "c", {("transitions", 9): 1}), "was made again"),
        (Resumed("e", 1, "c", {PLACE: 1}), "has forgotten records"),
    ],
)
def test_a_read_model_is_continued_only_from_the_log_it_came_from(
    resumed: Resumed, reason: str | None
) -> None:
    told = rebuild_reason(resumed, Extent("c", {PLACE: 2}, {PLACE: 7}))
    assert told is None if reason is None else reason in str(told)


@pytest.mark.parametrize("value", [b"{", b"{}", b'{"subject": 3}', None])
@pytest.mark.parametrize("topic", ["transitions", "journeys", "alerts", "dead-letters"])
def test_a_record_that_breaks_its_contract_is_a_fault_and_says_where(
    topic: str, value: bytes | None
) -> None:
    with pytest.raises(Unreadable, match=f"{topic}/2 at offset 7"):
        change_of(Message(topic, None, value, partition=2, offset=7))

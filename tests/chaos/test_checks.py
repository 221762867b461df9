"""The checks of `make chaos` see what they are there to see."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from journey.instant import format_instant
from journey.replaying import replay
from tests.chaos.command import MODELS
from tests.chaos.findings import Findings
from tests.chaos.load import WITHIN_MS, Sent
from tests.chaos.operators import outcomes
from tests.chaos.opinion import Expected, Written, keeping, telling
from tests.chaos.silences import Silence, Silences
from tests.chaos.watching import longest
from topics.decode import EventDecoder
from topics.envelope import topic_for
from topics.partition import partition_of
from touchstone.modelfiles import engine_of

ASKED = 1_790_000_000_000
DUE = ASKED + WITHIN_MS
CLOCK = ASKED + 60_000
CLOCKS = dict.fromkeys(range(4), CLOCK)


def sent(name: str, t: int, arrival: int, number: str = "1") -> Sent:
    event = {
        "messageId": f"{name}-{number}",
        "type": "track",
        "event": name,
        "userId": "u1",
        "timestamp": format_instant(t),
        "properties": {"return_id": number, "total": 5},
    }
    return Sent(topic_for(event), partition_of(b"u1", 4), 0, arrival, event)


def said_of(journal: list[Sent]) -> list[Written]:
    """Give what the engine says, written at the clock."""
    engine = engine_of(MODELS)
    decode = EventDecoder(engine.fields).decode
    events = [decode(msgspec.json.encode(one.event), one.stamp) for one in journal]
    words = replay(engine, "person:u1", events, CLOCK).transitions
    return [Written(CLOCK, msgspec.json.decode(msgspec.json.encode(word))) for word in words]


KEPT = [sent("Return Requested", ASKED, ASKED), sent("Order Refunded", DUE, DUE)]
BROKEN = KEPT[:1]


@pytest.mark.parametrize("journal", [KEPT, BROKEN])
def test_what_is_right_is_found_right_by_every_check(journal: list[Sent]) -> None:
    words = said_of(journal)
    assert len(words) > 2
    for found in (
        telling(words),
        keeping(words, journal),
        Expected(engine_of(MODELS), journal).compare(words, CLOCKS),
    ):
        assert found.clean, found.sentences


def test_a_word_that_is_missing_is_lost() -> None:
    words = said_of(KEPT)
    found = Expected(engine_of(MODELS), KEPT).compare(words[:-1], CLOCKS)
    assert found.counts["lost"] + found.counts["wrong"] == 1
    assert Expected(engine_of(MODELS), KEPT).compare([], CLOCKS).counts["lost"] > 1


def test_a_word_without_events_is_invented() -> None:
    assert Expected(engine_of(MODELS), []).compare(said_of(KEPT), CLOCKS).counts["invented"] > 1


def test_a_word_of_other_content_is_wrong() -> None:
    at, word = said_of(KEPT)[0]
    words = [*said_of(KEPT)[1:], Written(at, {**word, "reason": "because"})]
    assert Expected(engine_of(MODELS), KEPT).compare(words, CLOCKS).counts["wrong"] == 1


def test_an_id_twice_is_repeated_and_a_hole_in_the_revisions_is_lost() -> None:
    words = said_of(KEPT)
    assert telling([*words, words[0]]).counts == Findings().counts | {"repeated": 1}
    further = {**words[0].word, "id": "other", "revision": words[0].word["revision"] + 7}
    assert telling([*words, Written(CLOCK, further)]).counts == Findings().counts | {"lost": 1}


def refund(to: str, at: int, written: int) -> Written:
    word: dict[str, Any] = {"moment": "refund", "model": "promises", "key": "1", "revision": 1}
    return Written(written, word | {"subject": "person:u1", "to": to, "at": format_instant(at)})


def test_missed_with_the_refund_in_hand_is_early_also_when_it_is_put_right() -> None:
    words = [refund("missed", DUE, DUE + 300), refund("met", DUE, DUE + 900)]
    [sentence] = keeping(words, KEPT).sentences
    assert "early" in sentence


def test_missed_and_then_met_by_a_refund_that_came_late_is_right() -> None:
    late = [KEPT[0], sent("Order Refunded", DUE, DUE + 1)]
    assert keeping([refund("missed", DUE, DUE + 300), refund("met", DUE, DUE + 900)], late).clean


def test_missed_said_before_its_deadline_is_early() -> None:
    [sentence] = keeping([refund("missed", DUE, DUE - 1)], BROKEN).sentences
    assert "early" in sentence


@pytest.mark.parametrize(
    ("journal", "word"),
    [(KEPT, refund("missed", DUE, CLOCK)), (BROKEN, refund("met", DUE, CLOCK))],
)
def test_the_other_outcome_of_a_promise_is_wrong(journal: list[Sent], word: Written) -> None:
    assert keeping([word], journal).counts["wrong"] >= 1


def test_every_action_has_one_outcome() -> None:
    def told(action: str, accepted: bool) -> dict[str, Any]:  # noqa: FBT001
        return {"history": [{"at": "", "action": {"id": action, "accepted": accepted}}]}

    assert outcomes(["a"], [told("a", True), told("a", True)]).clean  # noqa: FBT003
    assert outcomes(["a"], []).counts["lost"] == 1
    assert outcomes([], [told("a", True)]).counts["invented"] == 1  # noqa: FBT003
    assert outcomes(["a"], [told("a", True), told("a", False)]).counts["wrong"] == 1  # noqa: FBT003


def test_a_silence_lasts_from_the_last_word_before_to_the_first_after() -> None:
    assert longest([1.0, 2.0, 9.0, 9.5, 30.0], 3.0, 10.0) == 20.5
    assert longest([1.0, 2.0, 9.0, 9.5, 30.0], 3.0, 9.4) == 7.0
    assert longest([1.0], 3.0, 9.4) == 0.0


def test_the_table_has_the_median_and_the_worst_of_a_fault() -> None:
    silences = Silences()
    for seconds in (1.0, 2.0, 12.0):
        silences.add("kill", Silence(0.5, seconds, seconds / 2))
    words = " ".join(silences.lines()[1].split())
    assert words == "kill 3 0.5 s 2.0 s 12.0 s 1.0 s 6.0 s"

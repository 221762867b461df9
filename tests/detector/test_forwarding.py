"""Events at wrong partitions: forwarded once, folded once, and no deadline early meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import combinations

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from journey.instant import DAY, HOUR
from journey.replaying import last_words
from journey.said import Transition
from tests.detector.numbers import COUNT, CUSTOMERS, Numbers
from topics.contracts import DEAD_LETTERS, EVENTS_PURCHASE, READ, REKEYED, SOURCES
from topics.deadletters import LARGEST
from topics.partition import partition_of
from topics.rekeyed import origin_of

NUMBERS = st.integers(0, COUNT - 1)
LOOKS = 4
STEPS_ELSEWHERE = 4


def home(who: str) -> int:
    return partition_of(who.encode(), COUNT)


def elsewhere(who: str) -> int:
    return (home(who) + 1) % COUNT


def words(numbers: Numbers) -> list[tuple[str | None, str]]:
    return [(word.moment, word.to) for word in numbers.said if word.kind == "moment"]


def test_an_event_at_a_wrong_partition_counts_as_if_it_had_come_to_the_right_one() -> None:
    numbers = Numbers()
    numbers.send("Product Added", "u0", elsewhere("u0"))
    numbers.settle()
    numbers.now += HOUR
    numbers.send("Order Completed", "u0", elsewhere("u0"), order_id="o", total=5)
    numbers.settle()
    assert ("fmot", "met") in words(numbers)
    assert ("fmot", "missed") not in words(numbers)


def test_a_deadline_waits_for_the_backlog_of_another_number_that_ends_in_the_answer() -> None:
    numbers = Numbers()
    numbers.send("Product Added", "u0", home("u0"))
    numbers.settle()
    for other in [one for one in CUSTOMERS if home(one) == elsewhere("u0")] * 50:
        numbers.send("Order Completed", other, home(other), order_id=other, total=1)
    numbers.send("Order Completed", "u0", elsewhere("u0"), order_id="o", total=5)
    numbers.now += 2 * DAY
    own = home("u0")
    for _ in range(2):
        for topic in READ:
            numbers.read(own, topic)
        for _ in range(2 * LOOKS):
            numbers.look(own)
            numbers.flush(own)
        numbers.all[own].restart()
    assert ("fmot", "missed") not in words(numbers)  # its own topics are read to their ends
    numbers.settle()
    assert ("fmot", "met") in words(numbers)


@pytest.mark.parametrize("looks_at", list(combinations(range(LOOKS + STEPS_ELSEWHERE), LOOKS)))
def test_nothing_is_missed_whatever_happens_between_the_questions(
    looks_at: tuple[int, ...],
) -> None:
    numbers, other = Numbers(), elsewhere("u0")
    numbers.send("Product Added", "u0", home("u0"))
    numbers.settle()
    numbers.now += DAY - 1

    def time_passes() -> None:
        numbers.now += 2

    turns: list[Callable[[], None]] = [
        lambda: numbers.send("Order Completed", "u0", other, order_id="o", total=5),
        time_passes,
        lambda: numbers.read(other, EVENTS_PURCHASE),
        lambda: numbers.flush(other),
    ]
    for step in range(LOOKS + STEPS_ELSEWHERE):
        if step in looks_at:
            numbers.look(home("u0"))
        else:
            turns.pop(0)()
    numbers.flush(home("u0"))
    numbers.settle()
    assert ("fmot", "missed") not in words(numbers)
    assert ("fmot", "met") in words(numbers)


def test_an_event_that_is_late_or_broken_is_not_forwarded() -> None:
    numbers = Numbers()
    numbers.send("Product Added", "u0", elsewhere("u0"), ago=30 * DAY)
    numbers.settle()
    assert not any(numbers.log[place] for place in numbers.log if place.topic == REKEYED)


def test_an_event_that_is_too_large_to_be_forwarded_is_a_dead_letter() -> None:
    numbers = Numbers()
    numbers.send("Order Completed", "u0", elsewhere("u0"), note="x" * LARGEST, order_id="o")
    numbers.read(elsewhere("u0"), EVENTS_PURCHASE)
    flush = numbers.all[elsewhere("u0")].partition.take()
    assert flush is not None
    [letter] = flush.work.outgoing
    assert letter.topic == DEAD_LETTERS
    assert dict(letter.headers)["touchstone_reason"] == b"too_large"


def test_a_forwarded_event_says_where_and_when_it_came_first() -> None:
    numbers = Numbers()
    numbers.send("Order Completed", "u0", elsewhere("u0"), order_id="o", total=5)
    sent = numbers.now
    numbers.now += HOUR
    numbers.settle()
    [record] = [one for place, log in numbers.log.items() if place.topic == REKEYED for one in log]
    origin = origin_of(record.headers, record.timestamp)
    assert (origin.topic, origin.partition) == (EVENTS_PURCHASE, elsewhere("u0"))
    assert (origin.offset, origin.arrival, origin.key) == (0, sent, b"u0")


class Forwarding(RuleBasedStateMachine):
    """Numbers that read, commit, ask and restart in any order while events come anywhere.

    That nothing is said early is asserted at each word (see Numbers).
    """

    def __init__(self) -> None:
        super().__init__()
        self.numbers = Numbers()

    @rule(
        name=st.sampled_from(["Product Added", "Order Completed", "Product Viewed"]),
        who=st.sampled_from(CUSTOMERS),
        to=NUMBERS,
        ago=st.sampled_from([0, 0, HOUR, 5 * HOUR]),
    )
    def send(self, name: str, who: str, to: int, ago: int) -> None:
        self.numbers.send(name, who, to, ago, order_id=f"o{to}", total=5, product_id="p")

    @rule(by=st.sampled_from([1, HOUR, 13 * HOUR, DAY + 1]))
    def pass_time(self, by: int) -> None:
        self.numbers.now += by

    @rule(number=NUMBERS, topic=st.sampled_from(READ), most=st.integers(1, 4))
    def read(self, number: int, topic: str, most: int) -> None:
        self.numbers.read(number, topic, most)

    @rule(number=NUMBERS)
    def read_all(self, number: int) -> None:
        for topic in READ:
            self.numbers.read(number, topic)

    @rule(number=NUMBERS)
    def flush(self, number: int) -> None:
        self.numbers.flush(number)

    @rule(number=NUMBERS, steps=st.integers(1, 4))
    def look(self, number: int, steps: int) -> None:
        for _ in range(steps):
            self.numbers.look(number)

    @rule(number=NUMBERS)
    def restart(self, number: int) -> None:
        self.numbers.all[number].restart()

    def teardown(self) -> None:
        self.numbers.settle()
        self._each_is_forwarded_once()
        for who in CUSTOMERS:
            self._said_what_its_events_say(who)

    def _each_is_forwarded_once(self) -> None:
        places = Counter(
            (origin.topic, origin.partition, origin.offset)
            for place, log in self.numbers.log.items()
            if place.topic == REKEYED
            for origin in (origin_of(record.headers, record.timestamp) for record in log)
        )
        misplaced = [
            (place.topic, place.partition, record.offset)
            for place, log in self.numbers.log.items()
            if place.topic in SOURCES
            for record in log
            if home((record.key or b"").decode()) != place.partition
        ]
        assert places == Counter(misplaced)

    def _said_what_its_events_say(self, who: str) -> None:
        said = [word for word in self.numbers.said if word.subject == f"person:{who}"]
        assert len(said) == len({word.id for word in said})
        expected = self.numbers.expected(who, self.numbers.clock_of(who))
        assert essence(said) == essence(expected)


def essence(said: list[Transition]) -> dict[str, Transition]:
    """Last words as replay and live agree on them."""
    return {
        instance: msgspec.structs.replace(word, id="", revision=0, from_=None)
        for instance, word in last_words(said).items()
        if word.to != "retracted"
    }


TestForwarding = Forwarding.TestCase

"""Folding leaves the event loop to others."""

from __future__ import annotations

import asyncio
import time
from typing import cast

from services.detector.records import RecordSet
from services.detector.transport.owner import Owner
from services.detector.transport.pace import MOST, Pace, hand_over
from tests.detector.driver import Piped


class Slow:
    """An owner that takes so long for each record, and may want a set again."""

    def __init__(self, record_s: float, again: int | None = None) -> None:
        self.record_s = record_s
        self.again = again
        self.parts: list[RecordSet] = []

    def received(self, taken: RecordSet) -> int | None:
        self.parts.append(taken)
        time.sleep(self.record_s * len(taken.records))
        return self.again

    async def settled(self, partition: int) -> None:
        pass


async def handed(taken: RecordSet, owner: Slow, pace: Pace) -> int | None:
    return await hand_over(taken, cast("Owner", owner), pace)


class Steady(Pace):
    """Folds so many records at once, however long they take."""

    def took(self, seconds: float) -> float:  # noqa: ARG002
        return 0.0


async def test_slices_cover_the_offsets_of_the_set_with_its_holes() -> None:
    pace, owner = Steady(), Slow(0)
    records = [Piped(offset, 0, None, None) for offset in (3, 4, 7, 9, 12)]
    pace.size = 2
    await handed(RecordSet("t", 0, records, 2, 15), owner, pace)
    assert [(part.begin, part.reached) for part in owner.parts] == [(2, 7), (7, 12), (12, 15)]
    assert [one.offset for part in owner.parts for one in part.records] == [3, 4, 7, 9, 12]


async def test_a_set_without_records_is_handed_over_whole() -> None:
    owner = Slow(0)
    await handed(RecordSet("t", 0, (), 2, 5), owner, Pace())
    assert [(part.begin, part.reached) for part in owner.parts] == [(2, 5)]


async def test_the_rest_of_a_set_is_left_where_it_must_be_read_again() -> None:
    owner = Slow(0, again=1)
    records = [Piped(offset, 0, None, None) for offset in range(200)]
    assert await handed(RecordSet("t", 0, records, 0, 200), owner, Pace()) == 1
    assert len(owner.parts) == 1


async def turns_beside(taken: RecordSet, owner: Slow, pace: Pace) -> int:
    """Count the turns of the loop that others get while a set is handed over."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    beside = asyncio.create_task(others())
    await handed(taken, owner, pace)
    beside.cancel()
    return turns


async def test_records_that_take_long_are_handed_over_few_at_a_time() -> None:
    records = [Piped(offset, 0, None, None) for offset in range(200)]
    owner = Slow(0.002)
    turns = await turns_beside(RecordSet("t", 0, records, 0, 200), owner, Pace())
    assert max(len(part.records) for part in owner.parts[6:]) <= 4
    assert turns >= len(owner.parts) - 1


async def test_records_too_slow_even_one_by_one_leave_the_loop_to_others_for_half_of_the_time() -> (
    None
):
    records = [Piped(offset, 0, None, None) for offset in range(20)]
    owner, pace = Slow(0.02), Pace()
    pace.size = 1
    turns = await turns_beside(RecordSet("t", 0, records, 0, 20), owner, pace)
    assert turns > 50 * len(owner.parts)


def test_pace_goes_back_to_many_when_records_are_quick_again() -> None:
    pace = Pace()
    pauses = [pace.took(0.5) for _ in range(10)]
    assert (pauses[:6], pauses[6:]) == ([0] * 6, [0.5] * 4)
    assert pace.size == 1
    for _ in range(10):
        assert pace.took(0.0001) == 0
    assert pace.size == MOST

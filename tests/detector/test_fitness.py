"""When a copy of the changelog is of use, and when it is made anew."""

from __future__ import annotations

import pytest

from services.detector.stores.copy import Copy
from services.detector.stores.fitness import Bounds, Changelog, unfit
from services.detector.stores.memory import MemoryCopy

NOW = 1_790_000_000_000
HOUR = 3_600_000
LOG = Changelog("topic", delete_retention_ms=2 * HOUR)


def copy_at(offset: int | None, as_of: int = NOW) -> Copy:
    copy = MemoryCopy()
    copy.commit({}, offset, as_of)
    return copy


@pytest.mark.parametrize("away", [0, HOUR])
def test_a_copy_that_is_merely_behind_is_of_use(away: int) -> None:
    assert unfit(copy_at(10, NOW - away), Bounds(0, 1_000), LOG, NOW) is None


def test_an_empty_copy_is_of_use_whatever_the_changelog_holds() -> None:
    assert unfit(copy_at(None, 0), Bounds(500, 1_000), LOG, NOW) is None


def test_a_copy_that_may_have_missed_a_removal_for_good_is_not() -> None:
    reason = unfit(copy_at(10, NOW - HOUR - 1), Bounds(0, 1_000), LOG, NOW)
    assert reason == "it was left 1.0 h ago, and the changelog forgets removals after 2.0 h"


def test_a_copy_after_which_nothing_was_written_is_of_use_however_old() -> None:
    old = copy_at(10, NOW - 1_000 * HOUR)
    for end in (11, 12):  # the marker of its last transaction may follow
        assert unfit(old, Bounds(0, end), LOG, NOW) is None
    assert unfit(old, Bounds(0, 13), LOG, NOW) is not None


def test_a_copy_ahead_of_the_changelog_is_not() -> None:
    reason = unfit(copy_at(10), Bounds(0, 10), LOG, NOW)
    assert reason == "it is at offset 10, but the changelog ends before 10"


def test_a_copy_from_before_the_beginning_of_the_changelog_is_not() -> None:
    assert unfit(copy_at(10), Bounds(11, 50), LOG, NOW) is None
    assert "begins at 12" in (unfit(copy_at(10), Bounds(12, 50), LOG, NOW) or "")

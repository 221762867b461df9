"""The table, as Faust's recovery sees it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery
from faust.types import TP

from services.detector.records import RecordSet
from services.detector.stores.fitness import Changelog
from services.detector.stores.memory import MemoryCopies
from services.detector.transport.app import DetectorApp
from services.detector.transport.owner import Owner
from tests.detector.driver import Piped
from topics.connection import Connection
from topics.contracts import CHANGELOG, READ

HERE = TP(CHANGELOG, 2)


@pytest.fixture
def app(tmp_path: Path) -> DetectorApp:
    return DetectorApp(
        "touchstone",
        Connection("127.0.0.1:9"),
        READ,
        cast("Owner", None),
        MemoryCopies(),
        Changelog("topic", 1),
        datadir=str(tmp_path),
        session_timeout_s=6.0,
        standbys=0,
    )


def recovery_of(app: DetectorApp) -> Recovery:
    return cast("TableManager", app.tables).recovery


def test_recovery_goes_on_after_what_the_copy_holds(app: DetectorApp) -> None:
    copy = app.journey_store._copies[2] = MemoryCopies().open(2)
    copy.commit({}, 41, 0)
    recovery_of(app).add_active(app.journeys, HERE)
    assert recovery_of(app).active_offsets[HERE] == 41


def test_recovery_begins_anew_where_a_copy_was_discarded_in_the_same_process(
    app: DetectorApp,
) -> None:
    copy = app.journey_store._copies[2] = MemoryCopies().open(2)
    recovery_of(app).active_offsets[HERE] = 99  # of the generation before
    copy.discard()
    recovery_of(app).add_active(app.journeys, HERE)
    assert recovery_of(app).active_offsets[HERE] == -1


def test_a_copy_never_goes_back_to_what_was_read_before(app: DetectorApp) -> None:
    copy = app.journey_store._copies[2] = MemoryCopies().open(2)
    copy.commit({b"a": b"new", b"b": b"new"}, 41, 0)
    log = [Piped(39, 0, b"a", b"old"), Piped(41, 0, b"b", b"old"), Piped(42, 0, b"c", b"next")]
    app.journey_store._recover(RecordSet(CHANGELOG, 2, log[:1], 39, 40))
    assert (copy.offset, copy.get(b"a")) == (41, b"new")
    app.journey_store._recover(RecordSet(CHANGELOG, 2, log, 39, 43))
    assert [copy.get(key) for key in (b"a", b"b", b"c")] == [b"new", b"new", b"next"]
    assert copy.offset == 42

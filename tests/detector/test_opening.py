"""Partitions begin where their last transactions ended, or not at all, and are flushed again."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from faust.types import TP

from services.detector import DetectorSettings
from services.detector.detector import Detector
from services.detector.ends import Ends
from services.detector.errors import OffsetsGone
from services.detector.modellog import ModelLog
from services.detector.records import Committed, RecordSet
from services.detector.stores.memory import MemoryCopy
from services.detector.transport.table import JourneyStore
from services.detector.transport.transactions import Transactions
from topics.connection import Connection
from topics.contracts import CHANGELOG, EVENTS_WEB, GROUP, READ

SETTINGS = DetectorSettings(bootstrap=Connection(""), data_dir=Path(), models=())


def detector(states: dict[bytes, bytes | None]) -> Detector:
    """Give a worker whose copies hold these states."""
    copy = MemoryCopy()
    copy.commit(states, 9, 0)
    models = ModelLog(SETTINGS, (), cast("Ends", None))
    transactions = Transactions(GROUP, SETTINGS.bootstrap, CHANGELOG)
    store = cast("JourneyStore", SimpleNamespace(states=lambda _: copy))
    return Detector(SETTINGS, models, 1, transactions, lambda: store)


def starts(metadata: str) -> dict[TP, Committed]:
    return {TP(topic, 0): Committed(0, metadata) for topic in READ}


def test_journeys_without_the_offsets_up_to_which_they_were_folded_are_not_opened() -> None:
    with pytest.raises(OffsetsGone, match="partition 0 has 1 journeys"):
        detector({b"person:u": b"state"}).opened(starts(""))


def test_journeys_are_opened_where_an_offset_was_committed_and_the_first_time_without() -> None:
    detector({b"person:u": b"state"}).opened(starts("{}"))
    detector({}).opened(starts(""))


def test_what_changes_no_journey_is_committed_soon_for_the_clocks_of_others_wait_for_it() -> None:
    worker = detector({})
    worker.opened(starts(""))
    worker._owned.wanted.clear()
    worker.received(RecordSet(EVENTS_WEB, 0, (), 0, 5))
    assert worker._owned.wanted.is_set()

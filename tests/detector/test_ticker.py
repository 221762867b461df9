"""The worker's clock against the broker's."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from aiokafka import TopicPartition

from journey.instant import DAY
from services.detector import DetectorSettings
from services.detector.ends import Seen
from services.detector.flusher import Flusher
from services.detector.owned import Owned
from services.detector.ticker import Ticker
from services.detector.transport.table import JourneyStore
from tests.detector.driver import START, Driver
from topics.connection import Connection
from topics.contracts import READ

SETTINGS = DetectorSettings(bootstrap=Connection(""), data_dir=Path(), models=())
SKEW = SETTINGS.clock_skew_ms


def tick(driver: Driver, instant: int) -> None:
    """Tick as the worker does whose clock shows this instant, all of the log being read."""
    ends = {TopicPartition(topic, 0): len(driver.log[topic]) for topic in READ}
    seen = Seen(ends, instant - SKEW)
    store = cast("JourneyStore", SimpleNamespace(states=lambda _: {}))
    flusher = cast("Flusher", SimpleNamespace(has_clock_to_tell=lambda _: False))
    Ticker(SETTINGS, 1, Owned(), flusher, lambda: store)._tick(driver.partition, instant, seen)


def test_answer_that_the_broker_stamped_in_time_counts_although_the_worker_is_ahead() -> None:
    driver = Driver()
    driver.tick()
    driver.event("Product Added")
    driver.read()
    tick(driver, START + DAY + SKEW)  # for the worker it is due, for the broker not yet
    driver.now = START + DAY - 1
    driver.event("Order Completed", order_id="o", total=1)
    driver.read()
    tick(driver, START + DAY + 2 * SKEW)
    assert ("fmot", "met") in driver.said()


def test_deadline_fires_no_later_than_the_allowance() -> None:
    driver = Driver()
    driver.tick()
    driver.event("Product Added")
    driver.read()
    tick(driver, START + DAY + SKEW + 1)
    assert ("fmot", "missed") in driver.said()


def test_allowance_leaves_most_of_the_second_within_which_deadlines_fire() -> None:
    assert SKEW <= 500

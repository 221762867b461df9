"""What tests share: real Apache Kafka, started from Python packages as `touchstone up` does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import properties
from touchstone.local import ports
from touchstone.local.kafka import Kafka
from touchstone.local.stopping import Stop
from touchstone.local.watchdog import Watchdog

properties.load()


_FORMATTED: dict[str, bytes] = {}
"""The files of a data directory that is formatted and empty: that takes a Java of its own."""


@contextmanager
def stoppable_kafka() -> Iterator[Kafka]:
    """Run a broker of one's own in a temporary directory; it may be stopped and started again."""
    watchdog = Watchdog()
    with tempfile.TemporaryDirectory(prefix="touchstone-kafka-") as directory:
        home = Path(directory)
        kafka = Kafka(home / "kafka", ports.choose_free(1)[0], watchdog, home / "kafka.log")
        data = kafka.directory / "data"
        for name, content in _FORMATTED.items():
            data.mkdir(parents=True, exist_ok=True)
            (data / name).write_bytes(content)
        try:
            start(kafka)
            for name in ("meta.properties", "bootstrap.checkpoint"):
                _FORMATTED[name] = (data / name).read_bytes()
            yield kafka
        finally:
            kafka.stop()
            watchdog.close()


def start(kafka: Kafka) -> None:
    """Start a broker and wait until it answers."""
    kafka.start(Stop())
    kafka.wait_ready(Stop())


@contextmanager
def running_kafka() -> Iterator[str]:
    """Run a broker of one's own in a temporary directory; gives its address."""
    with stoppable_kafka() as kafka:
        yield kafka.bootstrap


@pytest.fixture(scope="session")
def kafka_bootstrap() -> Iterator[str]:
    """Give the address of the broker that the whole session shares: use topics of your own."""
    with running_kafka() as bootstrap:
        yield bootstrap


@pytest.fixture(scope="module")
def fresh_kafka() -> Iterator[str]:
    """Give the address of an empty broker that only this module uses."""
    with running_kafka() as bootstrap:
        yield bootstrap


SLOW = {
    "test_real_data.py",
    "test_the_engine_counts_alike.py",
    "test_interrupting.py",
    "test_children.py",
    "test_up.py",
    "test_instance.py",
    "test_pace.py",
    "test_outage.py",
    "test_permissions.py",
    "test_docs.py",
    "test_examples.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a broker or waits for processes, so that `make test-fast` leaves it out."""
    for item in items:
        if item.path.name in SLOW:
            item.add_marker("slow")
        if {"kafka_bootstrap", "fresh_kafka", "secured"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("broker")

"""What a partition writes with all the shipped models: as the contracts have it, and bounded."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from journey.engine import Engine
from journey.instant import DAY
from services.detector.flush import Flush
from tests.detector.driver import COUNT, START, Driver
from tests.detector.shop import events
from topics.catalogue import topic_of
from topics.contracts import ALERTS, CHANGELOG, JOURNEYS, TRANSITIONS, load, schema
from topics.envelope import routing_key
from topics.partition import partition_of
from touchstone.modelfiles import engine_of

TICKETS = 300


@pytest.fixture(scope="module")
def models() -> Engine:
    return engine_of([])


def most(topic: str) -> int:
    return int(load()[topic].config_for("wall")["max.message.bytes"])


def flushes(driver: Driver) -> Iterator[Flush]:
    """Let the days pass after what was written, and give what each has to say."""
    driver.read()
    for days in range(40):
        driver.tick(START + days * DAY)
        if (flush := driver.flush()) is not None:
            yield flush


@pytest.fixture(scope="module")
def written(models: Engine) -> list[Flush]:
    """Give what is said of a shop's customers in forty days."""
    driver = Driver(models=models)
    driver.tick()
    for event in events(400, customers=40, now=START):
        key = routing_key(event)
        if key is not None and partition_of(key, COUNT) == driver.number:
            topic = topic_of(event["event"])
            driver.append(topic, {"key": key, "value": json.dumps(event).encode()})
    return list(flushes(driver))


@pytest.mark.parametrize("topic", [TRANSITIONS, ALERTS, JOURNEYS])
def test_what_is_written_keeps_its_schema(topic: str, written: list[Flush]) -> None:
    name = load()[topic].schema
    assert name is not None
    validator = Draft202012Validator(schema(name))
    values = [
        json.loads(out.value)
        for flush in written
        for out in flush.work.outgoing
        if out.topic == topic and out.value is not None
    ]
    assert len(values) > 10
    for value in values:
        validator.validate(value)


def test_every_model_says_something_and_shows_the_customer(
    models: Engine, written: list[Flush]
) -> None:
    outgoing = [out for flush in written for out in flush.work.outgoing if out.value is not None]
    names = {model.name for model in models.models}
    said = [json.loads(out.value or b"") for out in outgoing if out.topic == TRANSITIONS]
    assert {word["model"] for word in said} == names
    shown = [json.loads(out.value or b"") for out in outgoing if out.topic == JOURNEYS]
    assert all(view["models"].keys() == names for view in shown)


def test_a_customer_with_hundreds_of_tickets_fits_the_topics(models: Engine) -> None:
    driver = Driver(models=models)
    driver.tick()
    for number in range(TICKETS):
        driver.event("Ticket Created", at=START - number * 1_000, ticket_id=f"T-{number}")
        driver.event("Ticket Replied", at=START - number * 900, ticket_id=f"T-{number}")
    largest = {CHANGELOG: 0, JOURNEYS: 0}
    for flush in flushes(driver):
        for state in flush.work.states.values():
            largest[CHANGELOG] = max(largest[CHANGELOG], len(state or b""))
        for out in flush.work.outgoing:
            if out.topic == JOURNEYS:
                largest[JOURNEYS] = max(largest[JOURNEYS], len(out.value or b""))
    for topic, size in largest.items():
        assert 100_000 < size < most(topic) / 8, topic

"""A partition that learns of a version while it works says what one says that always knew it."""

from __future__ import annotations

import random

import pytest

from journey.engine import Engine
from journey.errors import StateError
from journey.instant import HOUR, MINUTE
from journey.language import parse_model
from journey.lines import Activation
from services.detector.limits import Limits
from tests.detector.driver import START, Driver
from topics.decode import EventDecoder

STAMP = START + 12 * HOUR
TEXT = """
model: shop
version: 1.0.0
title: A shop
source: the tests
stages: [visiting]
signals:
  cart: {events: Product Added}
  order: {events: Order Completed}
facts: {carts: {count: cart}}
moments:
  purchase:
    title: The purchase
    opens: {on: cart}
    at-risk: {before: 1h}
    met: {on: order, within: 5h}
    alert: {missed: {severity: info, title: A cart was left}}
"""
OLD = parse_model(TEXT, "shop.yaml")
NEW = parse_model(
    TEXT.replace("1.0.0", "2.0.0")
    .replace("{events: Product Added}", "{events: Product Added, where: {properties.color: red}}")
    .replace("5h", "2h"),
    "next.yaml",
)
BEFORE = Engine([OLD])
AFTER = Engine([OLD, Activation(NEW, STAMP)])


def adopt(driver: Driver) -> None:
    driver.partition.adopt(AFTER, EventDecoder(AFTER.fields))
    driver.engine = AFTER


def run(seed: int, learns: int | None) -> list[tuple[str | None, str]]:
    """Give what is said of a random day; the version becomes known in this step of it."""
    chance = random.Random(seed)
    limits = Limits(journeys=(3, 100)[seed % 2])
    driver = Driver(limits=limits, models=AFTER if learns is None else BEFORE)
    said: list[tuple[str | None, str]] = []
    for step in range(120):
        now = START + step * 12 * MINUTE
        driver.tick(now)
        for _ in range(chance.randrange(4)):
            driver.event(
                chance.choice(["Product Added", "Product Added", "Order Completed"]),
                now - chance.randrange(-5, 180) * MINUTE,
                who=driver.customer(chance.randrange(8)),
                color=chance.choice(["red", "blue"]),
            )
        driver.read()
        if step == learns:
            adopt(driver)
        if chance.random() < 0.5:
            said += sorted(driver.said())
    return said + sorted(driver.said())


@pytest.mark.parametrize("seed", range(4))
def test_what_is_said_does_not_depend_on_when_the_version_became_known(seed: int) -> None:
    always = run(seed, None)
    assert len(always) > 50
    chance = random.Random(seed)
    for learns in chance.sample(range(58), 4):
        assert run(seed, learns) == always


def test_a_version_known_only_after_its_stamp_would_be_refused() -> None:
    """What the bound on clocks is for: state that passed the stamp is never read anew."""
    driver = Driver(models=BEFORE)
    driver.tick(STAMP)
    driver.event("Product Added")
    driver.read()
    adopt(driver)
    driver.flush()
    driver.event("Order Completed")
    with pytest.raises(StateError, match="stamp the change later"):
        driver.read()


def test_an_idle_partition_takes_a_version_up_as_well() -> None:
    driver = Driver(models=BEFORE)
    driver.tick()
    adopt(driver)
    assert driver.flush() is None
    assert driver.partition.engine is AFTER

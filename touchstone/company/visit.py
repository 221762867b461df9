"""One customer's visit to the shop, and what comes of it in the days after.

A visit is a list of drafts in the order in which they happen. Chances are those of an ordinary
shop: most people only look, four in ten carts are left behind, some customers are unhappy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from journey.instant import DAY, HOUR, MINUTE, SECOND

PRODUCTS: Final = 60
_RESEARCH: Final = ("Product Viewed", "Product Viewed", "Products Searched", "Product List Viewed")
_WORDS: Final = ("lamp", "kettle", "garden chair", "rain coat", "running shoes", "desk")


@dataclass(slots=True)
class Draft:
    """An event before it has an id: `after` is the time since the visit began, in ms."""

    after: int
    name: str
    properties: dict[str, Any]


@dataclass(slots=True)
class Visit:
    """What one visit consists of; `pause` says how far apart things happen."""

    rng: Random
    quickness: float
    drafts: list[Draft] = field(default_factory=list)
    now: int = 0

    def add(self, name: str, least: int, most: int, **properties: Any) -> None:
        """Let something happen, between `least` and `most` ms after what came before."""
        self.now += int(self.rng.uniform(least, most) / self.quickness)
        self.drafts.append(Draft(self.now, name, properties))


def visit(rng: Random, quickness: float = 1.0) -> list[Draft]:
    """Make up a visit; pauses are `quickness` times shorter than people's."""
    story = Visit(rng, quickness)
    _look_around(story)
    if rng.random() < 0.45:  # noqa: PLR2004
        _fill_cart(story)
    return story.drafts


def _look_around(story: Visit) -> None:
    for _ in range(story.rng.choice((1, 2, 3, 3, 4, 6))):
        name = story.rng.choice(_RESEARCH)
        if name == "Products Searched":
            story.add(name, 10 * SECOND, 2 * MINUTE, query=story.rng.choice(_WORDS))
        else:
            story.add(name, 10 * SECOND, 2 * MINUTE, **_product(story.rng))


def _fill_cart(story: Visit) -> None:
    rng = story.rng
    goods = [_product(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    for product in goods:
        story.add("Product Added", 20 * SECOND, 3 * MINUTE, **product, quantity=1)
    order = f"order-{rng.getrandbits(40):010x}"
    total = round(sum(product["price"] for product in goods), 2)
    if rng.random() < 0.75:  # noqa: PLR2004
        story.add("Checkout Started", 30 * SECOND, 4 * MINUTE, order_id=order, value=total)
    if rng.random() < 0.3:  # noqa: PLR2004
        friction = rng.choice(("Coupon Denied", "Payment Failed"))
        story.add(friction, 20 * SECOND, 2 * MINUTE, order_id=order)
    if rng.random() < 0.6:  # noqa: PLR2004
        products = [{**product, "quantity": 1} for product in goods]
        facts = {"order_id": order, "total": total, "currency": "EUR", "products": products}
        story.add("Order Completed", 30 * SECOND, 5 * MINUTE, **facts)
        _after_the_order(story, order, total)


def _after_the_order(story: Visit, order: str, total: float) -> None:
    """Give the customer an opinion, and let one in four say it, in one of several ways."""
    rng = story.rng
    is_happy = rng.random() < 0.7  # noqa: PLR2004
    match rng.choice(("nothing", "csat", "nps", "review", "trouble")):
        case "csat":
            score = rng.choice((4, 5, 5) if is_happy else (1, 2, 3))
            story.add("CSAT Responded", 18 * HOUR, 2 * DAY, order_id=order, score=score)
        case "nps":
            score = rng.choice((8, 9, 10) if is_happy else (0, 3, 6))
            story.add("NPS Responded", DAY, 3 * DAY, score=score)
        case "review":
            rating = str(rng.choice((4, 5) if is_happy else (1, 2)))
            story.add("Product Reviewed", DAY, 3 * DAY, order_id=order, rating=rating)
        case "trouble" if not is_happy:
            _complain(story, order, total)


def _complain(story: Visit, order: str, total: float) -> None:
    ticket = f"ticket-{story.rng.getrandbits(40):010x}"
    facts = {"ticket_id": ticket, "order_id": order}
    opening = {"category": "complaint", "priority": "high", "channel": "web", "status": "new"}
    story.add("Ticket Created", 6 * HOUR, 2 * DAY, **facts, **opening)
    story.add("Ticket Solved", 2 * HOUR, DAY, **facts, status="solved")
    if story.rng.random() < 0.5:  # noqa: PLR2004
        story.add("Order Refunded", HOUR, DAY, order_id=order, total=total)


def _product(rng: Random) -> dict[str, Any]:
    number = rng.randrange(PRODUCTS)
    # The price belongs to the product, so it comes from its number alone.
    return {"product_id": f"product-{number:02d}", "price": 5 + (number * 37 % 400) / 2}

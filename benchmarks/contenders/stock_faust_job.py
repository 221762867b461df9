"""The two-line job for Faust as its manual writes such jobs."""

from __future__ import annotations

import sys
from typing import Any

import faust

from benchmarks.workload import CART, ORDER, PARTITIONS


def make(bootstrap: str, group: str, state: str, topics: str, output: str) -> faust.App:
    """Make the application: opens a cart with what is put into it; an order meets it."""
    app = faust.App(
        group,
        broker=f"kafka://{bootstrap}",
        store="memory://",
        datadir=state,
        autodiscover=False,
        topic_partitions=PARTITIONS,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        key_serializer="raw",
        value_serializer="json",
    )
    source = app.topic(*topics.split(","))
    words = app.topic(output)
    carts = app.Table("carts", partitions=PARTITIONS)

    @app.agent(source)
    async def read(stream: Any) -> None:
        async for event in stream:
            if event is None:
                continue
            customer = event["userId"]
            if event["event"] == CART and carts.get(customer) is None:
                carts[customer] = event["timestamp"]
                await _say(words, event, "open")
            elif event["event"] == ORDER and carts.get(customer) is not None:
                carts.pop(customer)
                await _say(words, event, "met")

    return app


async def _say(words: Any, event: dict[str, Any], step: str) -> None:
    customer = event["userId"]
    word = {"customer": customer, "step": step, "at": event["timestamp"]}
    await words.send(key=customer.encode(), value=word)


if __name__ == "__main__":
    application = make(*sys.argv[1:])
    sys.argv[1:] = ["worker", "--without-web", "-l", "warn"]
    application.main()

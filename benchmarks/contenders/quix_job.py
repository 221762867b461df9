"""The two-line job for Quix Streams; runs in the environment of quix.lock."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import reduce
from typing import Any

from quixstreams import Application, State

OPEN = "open"


def is_step(event: dict[str, Any]) -> bool:
    """Say whether the funnel asks for the event."""
    return event["event"] in {"Product Added", "Order Completed"}


def step(event: dict[str, Any], state: State) -> Iterable[dict[str, Any]]:
    """Open a cart with what is put into it; an order meets it."""
    opened = state.get(OPEN)
    if event["event"] == "Product Added" and opened is None:
        state.set(OPEN, event["timestamp"])
        return [_word(event, "open")]
    if event["event"] == "Order Completed" and opened is not None:
        state.delete(OPEN)
        return [_word(event, "met")]
    return []


def _word(event: dict[str, Any], name: str) -> dict[str, Any]:
    return {"customer": event["userId"], "step": name, "at": event["timestamp"]}


def main(bootstrap: str, group: str, state: str, topics: str, output: str) -> None:
    """Run until SIGTERM."""
    app = Application(
        bootstrap,
        consumer_group=group,
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        state_dir=state,
        loglevel="WARNING",
    )
    frames = [
        app.dataframe(app.topic(topic, value_deserializer="json")) for topic in topics.split(",")
    ]
    frame = reduce(lambda one, other: one.concat(other), frames)
    frame = frame.filter(is_step).apply(step, stateful=True, expand=True)
    frame.to_topic(app.topic(output, value_serializer="json"))
    app.run()


if __name__ == "__main__":
    main(*sys.argv[1:])

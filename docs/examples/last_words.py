# /// script
# dependencies = ["aiokafka"]
# ///
"""Keep the last word on each moment: `python docs/examples/last_words.py HOST:PORT`."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from aiokafka import AIOKafkaConsumer


async def main(broker: str) -> None:
    """Read `transitions` until nothing has come for two seconds, then print what stands."""
    last: dict[str, dict[str, Any]] = {}
    async with AIOKafkaConsumer(
        "transitions",
        bootstrap_servers=broker,
        auto_offset_reset="earliest",
        isolation_level="read_committed",  # what was not committed was not said
    ) as consumer:
        while batch := await consumer.getmany(timeout_ms=2_000):
            for message in (message for messages in batch.values() for message in messages):
                word = json.loads(message.value)
                last[word["instance"]] = word
    standing = [w for w in last.values() if w["kind"] == "moment" and w["to"] != "retracted"]
    for word in sorted(standing, key=lambda w: (w["at"], w["instance"])):
        what = f"{word['model']} {word['moment']}"
        sys.stdout.write(f"{word['at']} {word['subject']} {what} {word['to']}\n")


asyncio.run(main(sys.argv[1]))

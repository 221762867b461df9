# /// script
# dependencies = ["aiokafka"]
# ///
"""Send one event with a producer of your own: `python docs/examples/produce.py HOST:PORT`."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer


async def main(broker: str) -> None:
    """Send a view of a product by the customer `cas`."""
    customer = "cas"
    event = {
        "messageId": str(uuid.uuid4()),
        "type": "track",
        "event": "Product Viewed",
        "userId": customer,
        "timestamp": datetime.now(UTC).isoformat(),
        "properties": {"product_id": "lamp"},
    }
    async with AIOKafkaProducer(bootstrap_servers=broker, acks="all") as producer:
        # The key is the userId, else the anonymousId; aiokafka's partitioner is murmur2.
        sent = await producer.send_and_wait(
            "events.web", key=customer.encode(), value=json.dumps(event).encode()
        )
    sys.stdout.write(f"{sent.topic}/{sent.partition}/{sent.offset}\n")


asyncio.run(main(sys.argv[1]))

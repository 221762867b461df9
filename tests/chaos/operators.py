"""People who act on alerts while everything breaks: each action must come out once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from random import Random
from typing import Any, Final

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from journey.instant import HOUR, format_instant
from tests.chaos.findings import Findings
from tests.chaos.load import PARTITIONS, now_ms
from topics.contracts import ALERTS
from topics.partition import partition_of

ACTIONS: Final = "alert-actions"
_EVERY_S: Final = 0.2
_AGAIN: Final = 0.1
_NAMES: Final = ("acknowledge", "snooze", "assign", "resolve", "comment")


class Operators:
    """Reads alerts and acts on them at random, at times on what is no longer so."""

    def __init__(self, bootstrap: str, chance: Random) -> None:
        self._bootstrap = bootstrap
        self._chance = chance
        self._seen: list[dict[str, Any]] = []
        self._number = 0
        self.acted: list[str] = []

    async def watch(self) -> None:
        """Keep an eye on the alerts until cancelled."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, isolation_level="read_committed"
        )
        await consumer.start()
        try:
            consumer.assign([TopicPartition(ALERTS, number) for number in range(PARTITIONS)])
            async for record in consumer:
                if record.value is not None:
                    self._seen = [*self._seen[-999:], orjson.loads(record.value)]
        finally:
            await consumer.stop()

    async def act(self, until: asyncio.Event) -> None:
        """Act until told; every action is on the broker then."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, enable_idempotence=True, request_timeout_ms=150_000
        )
        await producer.start()
        try:
            while not until.is_set():
                await asyncio.sleep(_EVERY_S)
                if self._seen:
                    await self._send(producer, self._action(self._chance.choice(self._seen)))
        finally:
            await producer.stop()

    async def _send(self, producer: AIOKafkaProducer, action: dict[str, Any]) -> None:
        key, value = action["subject"].partition(":")[2].encode(), orjson.dumps(action)
        for _ in range(1 + (self._chance.random() < _AGAIN)):
            place = partition_of(key, PARTITIONS)
            await producer.send_and_wait(ACTIONS, value, key=key, partition=place)
        self.acted.append(action["id"])

    def _action(self, alert: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        name = self._chance.choice(_NAMES)
        further = {
            "snooze": {"until": format_instant(now_ms() + HOUR)},
            "assign": {"assignee": f"operator-{self._chance.randrange(3)}"},
            "comment": {"text": f"number {self._number}"},
        }
        common = {
            "id": f"a-{self._number}",
            "alert": alert["id"],
            "subject": alert["subject"],
            "action": name,
            "by": "operator-1",
            "seen": alert["status"],
        }
        return common | further.get(name, {})


def outcomes(acted: Iterable[str], alerts: Iterable[dict[str, Any]]) -> Findings:
    """Check that every action came to one outcome, and no outcome without an action."""
    told: defaultdict[str, set[bytes]] = defaultdict(set)
    for alert in alerts:
        for change in alert["history"]:
            if change["action"] is not None:
                told[change["action"]["id"]].add(orjson.dumps(change))
    found, known = Findings(), set(acted)
    for action in known - told.keys():
        found.note("lost", f"the outcome of action {action}")
    for action in told.keys() - known:
        found.note("invented", f"an outcome of action {action}: {told[action]}")
    for action, said in told.items():
        if len(said) > 1:
            found.note("wrong", f"action {action} has several outcomes: {said}")
    return found

"""What `up` was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from topics.connection import Connection
from touchstone.local.instance import Clock


@dataclass(frozen=True)
class UpSettings:
    """The options of `up`; `broker` None means a Kafka of its own."""

    directory: Path
    port: int
    kafka_port: int
    workers: int
    broker: Connection | None
    models: tuple[str, ...]
    simulate: bool | None
    clock: Clock | None

"""Which partition a key belongs to: murmur2, as the clients of Java and aiokafka do by default."""

from __future__ import annotations

from functools import lru_cache

from aiokafka.partitioner import murmur2


@lru_cache(maxsize=65_536)
def partition_of(key: bytes, count: int) -> int:
    """Give the partition, of `count`, of messages with this key."""
    return int((murmur2(key) & 0x7FFFFFFF) % count)

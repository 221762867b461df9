from __future__ import annotations

import pytest
from aiokafka.partitioner import DefaultPartitioner

from topics.partition import partition_of

# From the tests of Kafka's own org.apache.kafka.common.utils.Utils.murmur2.
JAVA = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize(("key", "murmur2"), JAVA.items())
def test_a_key_belongs_where_java_puts_it(key: bytes, murmur2: int) -> None:
    assert partition_of(key, 7) == (murmur2 & 0x7FFFFFFF) % 7


@pytest.mark.parametrize("count", [1, 4, 12])
def test_a_key_belongs_where_aiokafka_puts_it(count: int) -> None:
    partitioner = DefaultPartitioner()
    for number in range(200):
        key = f"käufer-{number}".encode()
        assert partition_of(key, count) == partitioner(key, list(range(count)), [])

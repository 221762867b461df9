"""The limit of any consumer on aiokafka: reads and decodes, keeps nothing, writes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from importlib.metadata import version

from aiokafka import AIOKafkaConsumer

from benchmarks.cluster import Cluster
from benchmarks.contenders.contender import Contender, Run
from benchmarks.workload import Workload
from topics.decode import EventDecoder

_COMMIT_EVERY_MS = 100


class AiokafkaDecode(Contender):
    """`getmany` of aiokafka, the detector's decoder, offsets committed every 100 ms."""

    name = "aiokafka-decode"
    title = "aiokafka and decode alone: the limit"

    def version(self) -> str:
        """Give the version that the product uses too."""
        return f"aiokafka {version('aiokafka')}, msgspec {version('msgspec')}"

    def command(self, run: Run) -> list[str]:
        """Start itself."""
        module = ["-m", "benchmarks.contenders.aiokafka_decode"]
        return [sys.executable, *module, run.bootstrap, run.group, ",".join(run.topics)]

    async def fault(self, run: Run, cluster: Cluster, workload: Workload) -> str | None:  # noqa: ARG002
        """Say where it has not decoded every event."""
        counted = run.log.read_text("utf-8").strip()
        wanted = f"decoded {workload.events}"
        return None if counted == wanted else f"{counted!r} instead of {wanted!r}"


async def main(bootstrap: str, group: str, topics: str) -> None:
    """Read and decode until SIGTERM; then print how many."""
    consumer = AIOKafkaConsumer(
        *topics.split(","),
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        auto_commit_interval_ms=_COMMIT_EVERY_MS,
    )
    decode, decoded = EventDecoder(()).decode, 0
    await consumer.start()
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            found = await consumer.getmany(timeout_ms=200, max_records=4_000)
            for records in found.values():
                for record in records:
                    decode(record.value, record.timestamp)
                decoded += len(records)
    await consumer.stop()
    sys.stdout.write(f"decoded {decoded}\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

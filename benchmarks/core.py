"""What an event costs the detector without Kafka: decode, fold, deadlines, state, all said.

    python -m benchmarks.core FILE… [--models NAME,NAME] [--profile]

Drives a partition as a worker does, over so many customers at once that nearly every event of a
flush is of another one. Times are of the processor. Prints a table; asserts nothing.
"""

from __future__ import annotations

import cProfile
import gc
import pstats
import time
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from benchmarks.feed import load, side_by_side
from journey.engine import Engine
from services.detector.clock import EventsClock, Published
from services.detector.limits import Limits
from services.detector.partition import Partition
from services.detector.records import RecordSet
from services.detector.stores.memory import MemoryCopy
from topics.contracts import READ, REKEYED, SOURCES
from topics.decode import EventDecoder
from touchstone.modelfiles import engine_of, shipped

_TOPIC = "events.web"
_TWO_LINE = str(Path(__file__).with_name("two-line.yaml"))


class Read(msgspec.Struct, frozen=True, gc=False):
    """A record as a consumer hands it over."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()


class Core:
    """One partition with its store; counts what is written."""

    def __init__(self, engine: Engine, decoded: int) -> None:
        self.states = MemoryCopy()
        self._flushes = 0
        self.words = self.written = self.loaded = self.bytes = 0
        positions = dict.fromkeys(READ, 0)
        self._partition = Partition(
            0,
            1,
            engine,
            EventDecoder(engine.fields),
            self.states,
            positions,
            EventsClock(positions, Published()),
            Limits(journeys=decoded),
        )

    def run(self, records: Sequence[Read], flush_every: int) -> float:
        """Fold all records and flush; give the processor time, seconds."""
        began = time.process_time()
        for at in range(0, len(records), flush_every):
            some = records[at : at + flush_every]
            self._partition.fold(RecordSet(_TOPIC, 0, some, at, at + len(some)))
            self._let_time_come_to(some[-1].timestamp)
            self._flush()
        return time.process_time() - began

    def _let_time_come_to(self, instant: int) -> None:
        """Mark every source, and that nothing is on its way from elsewhere."""
        for topic in SOURCES:
            self._partition.clock.marked(topic, instant)
        self._partition.clock.barrier(REKEYED, instant, 0)

    def _flush(self) -> None:
        flush = self._partition.take()
        if flush is None:
            return
        self.words += len(flush.spoken)
        self.written += len(flush.work.states)
        self.loaded += flush.tally.loaded
        self._flushes += 1
        self.bytes += sum(len(state or b"") for state in flush.work.states.values())
        self.states.commit(flush.work.states, self._flushes, 0)
        self._partition.committed()


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--events", default=100_000, show_default=True)
@click.option("--flush-every", default=500, show_default=True)
@click.option("--decoded", default=10_000, show_default=True, help="Journeys kept decoded.")
@click.option("--models", default="", help="Only these, by comma; else each and all.")
@click.option("--profile", is_flag=True, help="Print where the time goes.")
def main(
    files: tuple[str, ...],
    events: int,
    flush_every: int,
    decoded: int,
    models: str,
    *,
    profile: bool,
) -> None:
    """Measure the detector without Kafka on FILES of events."""
    gc.set_threshold(100_000, 50, 100)
    console = Console(width=130)
    records = [
        Read(at, arrival, None, value)
        for at, (arrival, value) in enumerate(side_by_side(load(files), events))
    ]
    table = Table(
        "models", "events/s", "µs an event", "words an event", "states an event", "decoded", "bytes"
    )
    for name, names in _wanted(models).items():
        core = Core(engine_of(names), decoded)
        if profile:
            with cProfile.Profile() as profiler:
                core.run(records, flush_every)
            pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
        else:
            table.add_row(name, *_row(core, core.run(records, flush_every), len(records)))
    if not profile:
        console.print(table)


def _wanted(models: str) -> dict[str, list[str]]:
    if models:
        return {models: [_TWO_LINE if one == "two-line" else one for one in models.split(",")]}
    return {"two-line": [_TWO_LINE], **{one: [one] for one in shipped()}, "all five": []}


def _row(core: Core, seconds: float, count: int) -> list[str]:
    return [
        f"{count / seconds:,.0f}",
        f"{seconds / count * 1e6:.1f}",
        f"{core.words / count:.2f}",
        f"{core.written / count:.2f}",
        f"{core.loaded / count:.2f}",
        f"{core.bytes / max(1, core.written):,.0f}",
    ]


if __name__ == "__main__":
    main()

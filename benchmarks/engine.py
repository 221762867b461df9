"""How fast the engine is on real events: decode and fold, and what disorder and history cost.

`make bench` runs it on files of events repeated to 1,000,000, each round as other customers.
Times are of the processor, not of the clock on the wall. Prints a table; asserts nothing.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from benchmarks.feed import Record, disordered, load, repeated
from journey.engine import Engine
from journey.event import Event
from journey.instant import MINUTE
from journey.journey import Journey
from topics.decode import EventDecoder
from touchstone.modelfiles import engine_of, shipped

_LENGTHS = (100, 1_000, 10_000)
_EVERY = 1_000


class Round:
    """Folds events as a detector would, one journey a customer; counts what it says."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.decode = EventDecoder(engine.fields).decode
        self.journeys: dict[str, Journey] = {}
        self.transitions = 0

    def fold(self, records: Sequence[Record]) -> float:
        """Fold records in the order of their arrival; give the processor time, seconds."""
        began = time.process_time()
        for at, (arrival, value) in enumerate(records, 1):
            event = self.decode(value, arrival)
            journey = self.journeys.get(event.subject)
            if journey is None:
                journey = self.journeys[event.subject] = self.engine.open(event.subject)
            self.transitions += len(self.engine.step(journey, event, arrival).transitions)
            if at % _EVERY == 0:
                self._flush()
        self._flush()
        return time.process_time() - began

    def _flush(self) -> None:
        """Say what events out of order have changed, as a flush does."""
        for journey in self.journeys.values():
            if journey.changed_at is not None:
                self.transitions += len(self.engine.advance(journey, journey.clock).transitions)

    def sizes(self) -> list[int]:
        """Give the bytes of each journey's state."""
        return [len(self.engine.encode(journey)) for journey in self.journeys.values()]


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--events", default=1_000_000, show_default=True)
def main(files: tuple[str, ...], events: int) -> None:
    """Measure the engine on FILES of events."""
    gc.set_threshold(100_000, 50, 100)
    console, records = Console(), load(files)
    table = Table("models", "order", "events/s", "transitions an event", "µs an event", "bytes")
    for name, names in {**{one: [one] for one in shipped()}, "all five": []}.items():
        engine = engine_of(names)
        for order, arranged in (("in order", list), ("5% late, 2% twice", disordered)):
            table.add_row(name, order, *_measured(engine, records, events, arranged))
    console.print(table)
    console.print(_by_length(engine_of([])))


def _measured(engine: Engine, records: Sequence[Record], events: int, arranged) -> list[str]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    seconds, count, transitions, sizes = 0.0, 0, 0, list[int]()
    for same in repeated(records, events):
        one, arriving = Round(engine), arranged(same)
        seconds += one.fold(arriving)
        count += len(arriving)
        transitions += one.transitions
        sizes = sizes or one.sizes()
    return [
        f"{count / seconds:,.0f}",
        f"{transitions / count:.2f}",
        f"{seconds / count * 1e6:.1f}",
        f"{sum(sizes) / len(sizes):,.0f}",
    ]


def _by_length(engine: Engine) -> Table:
    """Measure what an event costs a customer with so many before it, all within the horizon."""
    table = Table("events before", "µs an event, in order")
    for length in _LENGTHS:
        journey, made = engine.open("person:busy"), _views(length + _EVERY)
        for event in made[:length]:
            engine.step(journey, event, event.a)
        began = time.process_time()
        for event in made[length:]:
            engine.step(journey, event, event.a)
        table.add_row(f"{length:,}", f"{(time.process_time() - began) / _EVERY * 1e6:.1f}")
    return table


def _views(count: int) -> list[Event]:
    return [
        Event("person:busy", f"m{at}", at * MINUTE // 2, at * MINUTE // 2, "Product Viewed")
        for at in range(count)
    ]


if __name__ == "__main__":
    main()

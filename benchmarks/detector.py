"""The detector beside its peers: `make bench` runs it after the engine; docs/benchmarks.md."""

from __future__ import annotations

import asyncio

import click
from rich.console import Console

from benchmarks.cluster import running_kafka
from benchmarks.comparing import compare
from benchmarks.contenders.aiokafka_decode import AiokafkaDecode
from benchmarks.contenders.contender import Contender
from benchmarks.contenders.kafka_streams import KafkaStreams
from benchmarks.contenders.quix import Quix
from benchmarks.contenders.stock_faust import StockFaust
from benchmarks.contenders.touchstone import FiveModels, OneModel, TwoLine
from benchmarks.workload import Workload
from touchstone.local.watchdog import Watchdog

CONTENDERS: tuple[Contender, ...] = (
    AiokafkaDecode(),
    KafkaStreams(),
    TwoLine(),
    OneModel(),
    FiveModels(),
    Quix(),
    StockFaust(),
)


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--only", help="Names of contenders, separated by commas.")
@click.option("--rounds", default=3, show_default=True)
@click.option("--many", default=1_000_000, show_default=True, help="Events for the fast ones.")
@click.option("--few", default=200_000, show_default=True, help="Events for the slow ones.")
def main(files: tuple[str, ...], only: str | None, rounds: int, many: int, few: int) -> None:
    """Measure the detector beside its peers on FILES of events."""
    console = Console()
    workloads = {"many": Workload(files, many), "few": Workload(files, few)}
    watchdog = Watchdog()
    with running_kafka() as kafka:
        measuring = compare(kafka.bootstrap, workloads, _chosen(only), rounds, watchdog, console.print)
        results = asyncio.run(measuring)
    watchdog.close()
    console.print(results)


def _chosen(only: str | None) -> list[Contender]:
    names = {one.name: one for one in CONTENDERS}
    wanted = only.split(",") if only else list(names)
    unknown = sorted(set(wanted) - names.keys())
    if unknown:
        raise click.UsageError(f"{', '.join(unknown)}: expected some of {', '.join(names)}.")
    return [names[name] for name in wanted]


if __name__ == "__main__":
    main()

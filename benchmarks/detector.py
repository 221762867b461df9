"""The detector beside its peers: the second part of `make bench`; see docs/benchmarks.md."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
from rich.console import Console

from benchmarks import recovery, report
from benchmarks.cluster import Cluster, running_kafka
from benchmarks.comparing import compare
from benchmarks.contenders.aiokafka_decode import AiokafkaDecode
from benchmarks.contenders.contender import Contender, Size
from benchmarks.contenders.kafka_streams import KafkaStreams
from benchmarks.contenders.quix import Quix
from benchmarks.contenders.stock_faust import StockFaust
from benchmarks.contenders.touchstone import TWO_LINE, FiveModels, OneModel, TwoLine
from benchmarks.latency import Setting, measure
from benchmarks.workload import TooFewError, Workload
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
MODELS = {"two-line": [str(TWO_LINE)], "all five": []}
LATENCIES = tuple(Setting(name, rate) for name in MODELS for rate in (1_000, 10_000))

_LATENCY, _RECOVERY = "latency", "recovery"


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--only", help="Names of contenders, latency, recovery: with commas.")
@click.option("--rounds", default=3, show_default=True)
@click.option("--many", default=1_000_000, show_default=True, help="Events for the fast ones.")
@click.option("--few", default=300_000, show_default=True, help="Events for the slow ones.")
@click.option("--seconds", default=20.0, show_default=True, help="How long to measure a latency.")
@click.option("--journeys", default=1_000_000, show_default=True, help="How many to recover.")
@click.option(
    "--results",
    default=report.HERE,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where RESULTS.md and results.json go.  [default: benchmarks/]",
)
def main(
    files: tuple[str, ...],
    only: str | None,
    rounds: int,
    many: int,
    few: int,
    seconds: float,
    journeys: int,
    results: Path,
) -> None:
    """Measure the detector beside its peers on FILES of events."""
    chosen, others = _chosen(only)
    console, watchdog = Console(soft_wrap=True), Watchdog()
    try:
        workloads: dict[Size, Workload] = {
            "many": Workload(files, many),
            "few": Workload(files, few),
        }
    except TooFewError as too_few:
        raise click.UsageError(f"{too_few}.") from too_few
    found = report.begin(rounds)
    if chosen:
        with running_kafka() as kafka:
            measuring = compare(kafka.bootstrap, workloads, chosen, rounds, watchdog, console.print)
            report.add_results(found, asyncio.run(measuring))
    if _LATENCY in others:
        with running_kafka() as kafka:
            asyncio.run(_latencies(kafka.bootstrap, workloads["many"], seconds, found, watchdog))
    if _RECOVERY in others:
        report.add_recovery(found, journeys, recovery.measure(journeys))
    watchdog.close()
    text = report.write(found, {one.name: one.title for one in chosen}, results)
    console.print(text, markup=False)


async def _latencies(
    bootstrap: str, workload: Workload, seconds: float, found: report.Report, watchdog: Watchdog
) -> None:
    """Measure every setting on a broker of the other clock."""
    cluster = Cluster(bootstrap, "wall")
    await cluster.start()
    try:
        for setting in LATENCIES:
            models = MODELS[setting.name]
            latency = await measure(cluster, setting, models, workload, seconds, watchdog)
            report.add_latency(found, setting, latency)
    finally:
        await cluster.stop()


def _chosen(only: str | None) -> tuple[list[Contender], set[str]]:
    """Give the contenders, and what else is measured."""
    names = {one.name: one for one in CONTENDERS}
    expected = [*names, _LATENCY, _RECOVERY]
    wanted = only.split(",") if only else expected
    if unknown := sorted(set(wanted) - set(expected)):
        raise click.UsageError(f"{', '.join(unknown)}: expected some of {', '.join(expected)}.")
    return [names[name] for name in wanted if name in names], set(wanted) - names.keys()


if __name__ == "__main__":
    main()

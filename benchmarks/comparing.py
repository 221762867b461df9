"""Runs contenders side by side: the same events, one worker each, in turn, round after round."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.cluster import Cluster
from benchmarks.contenders.contender import Contender, Run, Size
from benchmarks.progress import Pace, StuckError, follow, tail
from benchmarks.workload import Workload
from topics.contracts import READ
from touchstone.local.child import Child
from touchstone.local.watchdog import Watchdog
from touchstone.producing import connected

_STOP_GRACE_S = 30.0


class Result(msgspec.Struct):
    """The runs of one contender, or why there is none that counts."""

    contender: str
    title: str
    version: str
    events: int
    paces: list[Pace] = []
    fault: str | None = None

    @property
    def rate(self) -> float:
        """The median of the events a second."""
        return median(pace.rate for pace in self.paces)

    @property
    def cpu_us(self) -> float:
        """The median of the processor's time an event, µs."""
        return median(pace.cpu_us for pace in self.paces)


async def compare(
    bootstrap: str,
    workloads: dict[Size, Workload],
    contenders: Sequence[Contender],
    rounds: int,
    watchdog: Watchdog,
    tell: Callable[[str], None],
) -> list[Result]:
    """Measure on one broker, which does nothing else; `tell` takes lines for people."""
    cluster = Cluster(bootstrap, "events")
    await cluster.start()
    try:
        return await _Comparison(cluster, workloads, watchdog, tell).run(contenders, rounds)
    finally:
        await cluster.stop()


class _Comparison:
    def __init__(
        self,
        cluster: Cluster,
        workloads: dict[Size, Workload],
        watchdog: Watchdog,
        tell: Callable[[str], None],
    ) -> None:
        self._cluster = cluster
        self._workloads = workloads
        self._watchdog = watchdog
        self._tell = tell

    async def run(self, contenders: Sequence[Contender], rounds: int) -> list[Result]:
        """Measure every contender once a round, on the same events as all others of its size."""
        results: dict[str, Result] = {}
        by_size: dict[Size, list[Contender]] = defaultdict(list)
        for one in contenders:
            fault = one.prepare()
            events = self._workloads[one.size].events
            results[one.name] = Result(one.name, one.title, one.version(), events, [], fault)
            by_size[one.size].append(one)
        for number in range(1, rounds + 1):
            for size, fitting in by_size.items():
                await self._send(self._workloads[size])
                for one in fitting:
                    if results[one.name].fault is None:
                        await self._measure(one, results[one.name], number)
        return list(results.values())

    async def _send(self, workload: Workload) -> None:
        self._tell(f"sending {workload.events:,} events of {workload.customers:,} customers")
        await self._cluster.clear(sources_too=True)
        async with connected(self._cluster.connection) as sender:
            await workload.send(sender)

    async def _measure(self, one: Contender, result: Result, number: int) -> None:
        workload = self._workloads[one.size]
        await self._cluster.clear(sources_too=False)
        with tempfile.TemporaryDirectory(prefix=f"touchstone-{one.name}-") as directory:
            name = f"{one.name}-{number}-{workload.events}"
            group, topics = one.group or name, tuple(workload.topics)
            run = Run(self._cluster.bootstrap, group, Path(directory), topics, f"out-{name}")
            await self._cluster.rewind(group, READ)
            await self._cluster.make(run.output)
            try:
                pace = await self._follow(one, run)
                wrong = await one.fault(run, self._cluster, workload)
            except (StuckError, TimeoutError) as stuck:
                pace, wrong = None, f"{stuck}; the last lines of its log:\n{tail(run.log)}"
        if pace is None or wrong is not None:
            result.fault = wrong
            self._tell(f"{one.name}: FAILED: {wrong}")
        else:
            result.paces.append(pace)
            self._tell(
                f"{one.name}, round {number}: {pace.rate:,.0f} events/s over {pace.seconds:.1f} s, "
                f"{pace.cpu_us:.1f} µs of the processor an event"
            )

    async def _follow(self, one: Contender, run: Run) -> Pace:
        child = Child(one.name, one.command(run), run.log, self._watchdog)
        try:
            pace = await follow(self._cluster, run.group, run.topics, child.pid)
            await one.settle(run, self._cluster, self._workloads[one.size])
            return pace
        finally:
            child.stop(_STOP_GRACE_S)
            self._watchdog.forget(child.pid)

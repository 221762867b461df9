"""Faust as it comes: one agent, one table over its changelog, its own commits."""

from __future__ import annotations

import sys
from importlib.metadata import version

from benchmarks.contenders.contender import Contender, Run


class StockFaust(Contender):
    """At least once: its exactly-once tears (docs/decisions/0002). The table is in memory."""

    name = "stock-faust"
    title = "stock Faust, at least once"
    size = "few"

    def version(self) -> str:
        """Give the version that the product uses too."""
        return f"faust-streaming {version('faust-streaming')}, aiokafka {version('aiokafka')}"

    def command(self, run: Run) -> list[str]:
        """Start its job."""
        job = ["-m", "benchmarks.contenders.stock_faust_job", run.bootstrap, run.group]
        state = str(run.directory / "state")
        return [sys.executable, *job, state, ",".join(run.topics), run.output]

"""Touchstone's detector as it is deployed: `touchstone detector`, with one model or all."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from benchmarks.cluster import Cluster
from benchmarks.contenders.contender import Contender, Run, Size, difference
from benchmarks.waiting import until
from benchmarks.workload import CART, ORDER, WITHIN, Workload, funnel
from journey.event import Event
from journey.replaying import fold, last_words
from topics.contracts import TRANSITIONS
from topics.decode import EventDecoder
from touchstone.modelfiles import engine_of

_SETTLED_WITHIN_S: Final = 60.0

TWO_LINE: Final = Path(__file__).parents[1] / "two-line.yaml"


class Said(msgspec.Struct):
    """What is counted of a transition."""

    kind: str
    model: str
    moment: str | None
    instance: str
    revision: int
    to: str

    @property
    def word(self) -> str:
        """Name it for people."""
        return f"{self.model} {self.moment or 'stage'} {self.to}"


class Touchstone(Contender):
    """The whole detector: deadlines, late events, copies, views and alerts included."""

    group = "touchstone"
    models: ClassVar[tuple[str, ...]] = ()

    def version(self) -> str:
        """Give the version."""
        return f"touchstone {version('touchstone')}, faust-streaming {version('faust-streaming')}"

    def command(self, run: Run) -> list[str]:
        """Start the service."""
        models = [option for model in self.models for option in ("--models", model)]
        return [
            sys.executable, "-m", "touchstone", "detector", "--broker", run.bootstrap,
            "--clock", "events", "--data-dir", str(run.directory / "data"),
            "--http-port", "0", *models,
        ]  # fmt: skip

    async def settle(self, run: Run, cluster: Cluster, workload: Workload) -> None:
        """Wait until every clock has come to the end of the history, and what was due is said."""

        async def is_there() -> bool:
            return await cluster.clocks(run.group) == {workload.until}

        await until(is_there, _SETTLED_WITHIN_S, "all clocks at the end of the history")

    async def fault(self, run: Run, cluster: Cluster, workload: Workload) -> str | None:  # noqa: ARG002
        """Compare the last word on every instance with what a replay of one copy says."""
        last: dict[str, Said] = {}
        decoder = msgspec.json.Decoder(Said)
        async for value in cluster.read(TRANSITIONS):
            said = decoder.decode(value)
            before = last.get(said.instance)
            if before is not None and said.revision != before.revision + 1:
                return f"revision {said.revision} after {before.revision} of {said.word}"
            last[said.instance] = said
        found = Counter(said.word for said in last.values() if said.to != "retracted")
        return difference(found, self.expected(workload), workload.copies)

    def expected(self, workload: Workload) -> dict[str, int]:
        """Count what the replay of one copy says."""
        engine = engine_of(self.models)
        decode = EventDecoder(engine.fields).decode
        events: dict[str, list[Event]] = defaultdict(list)
        for arrival, value in workload.records:
            event = decode(value, arrival)
            events[event.subject].append(event)
        counts: Counter[str] = Counter()
        for subject, own in events.items():
            said = fold(engine, engine.open(subject), own, workload.until)
            for one in last_words(said.transitions).values():
                counts[f"{one.model} {one.moment or 'stage'} {one.to}"] += 1
        return dict(counts)


class TwoLine(Touchstone):
    """The model two-line.yaml, its deadline included."""

    name = "touchstone-two-line"
    title = "Touchstone, two-line job and its deadline"
    models = (str(TWO_LINE),)

    def expected(self, workload: Workload) -> dict[str, int]:
        """Count by the plain rule, which knows nothing of the engine."""
        said = funnel(workload.steps, WITHIN, workload.until)
        left = said["open"] - said["met"] - said["missed"]
        customers = {
            step.subject
            for step in workload.steps
            if step.name in {CART, ORDER} and step.t <= workload.until
        }
        return {
            "two-line purchase met": said["met"],
            "two-line purchase missed": said["missed"],
            "two-line purchase open": left,
            "two-line stage shopping": len(customers),
        }


class OneModel(Touchstone):
    """The shipped model four-moments."""

    name = "touchstone-one-model"
    title = "Touchstone, four-moments"
    size: ClassVar[Size] = "few"
    models = ("four-moments",)


class FiveModels(Touchstone):
    """All shipped models."""

    name = "touchstone-five-models"
    title = "Touchstone, all five models"
    size: ClassVar[Size] = "few"

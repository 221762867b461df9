"""Acts of some rounds each: a deployment is put up, broken, checked, broken again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from tests.chaos.checking import check
from tests.chaos.deployment import Deployment
from tests.chaos.drawing import Drawing
from tests.chaos.faults import LEAST_WORKERS, Fault
from tests.chaos.findings import Findings
from tests.chaos.load import Load, Mix
from tests.chaos.operators import Operators
from tests.chaos.silences import Silence, Silences
from tests.chaos.supply import supply
from tests.chaos.watching import Watcher

ROUNDS_OF_AN_ACT: Final = 8
"""Each round checks all that its act has sent, so that acts must not be long."""

_QUIET_BEFORE_S = 2.0
_STEADY_AFTER_S = 1.5
_APART_S = 4.0


class Plan(msgspec.Struct, frozen=True):
    """What to play; `events` are files of real events, none for made-up ones."""

    rounds: int
    seed: int
    mix: Mix
    events: tuple[str, ...]
    faults: tuple[Fault, ...]
    directory: Path
    disk: bool
    actions: bool


@dataclass
class Play:
    """All rounds, and what came of them."""

    plan: Plan
    found: Findings = field(default_factory=Findings)
    silences: Silences = field(default_factory=Silences)
    deaths: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Play all rounds; an act ends early where something was found."""
        # Faults and events are drawn apart: how many events there are depends on the machine.
        chance, done = Random(self.plan.seed), 0
        drawing = Drawing(self.plan.faults, chance)
        while done < self.plan.rounds:
            rounds = range(done + 1, min(done + ROUNDS_OF_AN_ACT, self.plan.rounds) + 1)
            done += await self._act(rounds, drawing, chance)

    async def _act(self, rounds: Sequence[int], drawing: Drawing, chance: Random) -> int:
        plan = self.plan
        directory = plan.directory / f"rounds-from-{rounds[0]}"
        directory.mkdir(parents=True)
        deployment = Deployment(directory, disk=plan.disk)
        async with deployment.running(LEAST_WORKERS):
            seeds = [chance.randrange(1 << 30) for _ in range(3)]
            events = supply(plan.events, plan.mix.customers, seeds[0])
            load = Load(
                deployment.bootstrap,
                plan.mix,
                events,
                Random(seeds[1]),
                lambda: deployment.pressure,
            )
            watcher = Watcher(deployment.bootstrap)
            operators = Operators(deployment.bootstrap, Random(seeds[2])) if plan.actions else None
            watching = [asyncio.create_task(watcher.watch())]
            if operators is not None:
                watching.append(asyncio.create_task(operators.watch()))
            await load.start()
            try:
                act = Act(deployment, load, watcher, operators, chance, self)
                for number in rounds:
                    await act.round(number, drawing.draw(deployment))
                    if not act.found.clean:
                        break
            finally:
                for task in watching:
                    task.cancel()
                await load.stop()
                load.write(directory / "journal.jsonl")
        self.found.add(act.found)
        return number - rounds[0] + 1


@dataclass
class Act:
    """Rounds on one deployment; `found` is what the last check found of all of them."""

    deployment: Deployment
    load: Load
    watcher: Watcher
    operators: Operators | None
    chance: Random
    play: Play
    found: Findings = field(default_factory=Findings)

    async def round(self, number: int, faults: Sequence[Fault]) -> None:
        """Play one round and print its line."""
        began, said, sent = time.monotonic(), self.watcher.count(), len(self.load.journal)
        workers = len(self.deployment.workers)
        name = " + ".join(fault.kind for fault in faults)
        self.deployment.forgive()
        try:
            done, silence = await self._break(faults)
        except TimeoutError:
            why = self.deployment.given_up or "see the workers' logs"
            self.found.note("lost", f"all of round {number} ({name}), as nothing goes on: {why}")
            print(f"round {number} ({name}): {self.found.sentences[-1]}", flush=True)
            return
        if len(faults) == 1:
            self.play.silences.add(name, silence)
        self.play.deaths += [
            f"{death.worker} ended with {death.code} in round {number} ({name})"
            for death in self.deployment.deaths
            if death.at >= began
        ]
        acted = self.operators.acted if self.operators is not None else []
        self.found = await check(self.deployment.bootstrap, self.load.journal, acted)
        if self.deployment.given_up is not None:
            self.found.note("lost", f"a worker for good: {self.deployment.given_up}")
        print(
            f"round {number} ({name}): {'; '.join(done)} | {workers} workers, "
            f"{len(self.load.journal) - sent} events, {self.watcher.count() - said} words | "
            f"silent {silence.one:.1f} s (all of them {silence.all:.1f} s) | {self.found.text()} | "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )
        for sentence in self.found.sentences[:20]:
            print(f"  {sentence}", flush=True)

    async def _break(self, faults: Sequence[Fault]) -> tuple[list[str], Silence]:
        """Load, break, wait until all is well; give what was done and how long it was silent."""
        enough = asyncio.Event()
        loading = [asyncio.create_task(self.load.run(enough))]
        if self.operators is not None:
            loading.append(asyncio.create_task(self.operators.act(enough)))
        try:
            await self.watcher.heard_from_all(time.monotonic())
            await asyncio.sleep(_QUIET_BEFORE_S)
            began = time.monotonic()
            done = await asyncio.gather(
                *(self._strike(fault, _APART_S * at) for at, fault in enumerate(faults))
            )
            over = time.monotonic()
            await self.deployment.ready()
            await self.watcher.heard_from_all(time.monotonic())
            await asyncio.sleep(_STEADY_AFTER_S)
            ended = time.monotonic()
        except BaseException:
            for task in loading:
                task.cancel()
            raise
        enough.set()
        await asyncio.gather(*loading)
        return done, Silence(over - began, *self.watcher.silences(began, ended))

    async def _strike(self, fault: Fault, latest: float) -> str:
        chance = Random(self.chance.random())
        await asyncio.sleep(chance.uniform(0, latest))
        return await fault.strike(self.deployment, chance)

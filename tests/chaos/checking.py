"""After the load: wait until all of it is dealt with, then count what is not as it should be."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import orjson

from tests.chaos.command import MODEL_OPTIONS, MODELS, touchstone
from tests.chaos.findings import KINDS, Findings
from tests.chaos.load import WITHIN_MS, Sent
from tests.chaos.operators import outcomes
from tests.chaos.opinion import Expected, Written, keeping, telling
from tests.chaos.outside import Outside, Standing, outside
from topics.contracts import ALERTS, DEAD_LETTERS, TRANSITIONS
from touchstone.modelfiles import engine_of

_SETTLED_WITHIN_S: Final = 120.0
_LAST_DEADLINE_MS: Final = 2 * WITHIN_MS
"""So long after the last arrival the short deadlines have passed, those that follow on one too."""

_TRIES: Final = 5


async def check(bootstrap: str, journal: Sequence[Sent], acted: Sequence[str]) -> Findings:
    """Wait, then give the findings of `verify`, of a second opinion and by hand.

    `acted` are the ids of operators' actions.
    """
    async with outside(bootstrap) as client:
        try:
            await _settle(client, max(sent.stamp for sent in journal) + _LAST_DEADLINE_MS)
        except TimeoutError:
            return Findings().note("lost", f"all that waits: {await client.standing()}")
        found = await _second_opinion(client, journal)
        found.add(_refused(await client.read(DEAD_LETTERS)))
        if acted:
            alerts = [one.value for one in await client.read(ALERTS) if one.value is not None]
            found.add(outcomes(acted, map(orjson.loads, alerts)))
    found.confirm(await _verify(bootstrap))
    return found


async def _settle(client: Outside, until: int) -> None:
    """Wait until all is committed and every clock has come to an instant (ms)."""
    async with asyncio.timeout(_SETTLED_WITHIN_S):
        while True:
            now = await client.standing()
            if not now.left and min(now.clocks.values()) >= until:
                return
            await asyncio.sleep(0.3)


async def _second_opinion(client: Outside, journal: Sequence[Sent]) -> Findings:
    """Read and compare; again where the clocks moved meanwhile and something differs."""
    expected = Expected(engine_of(MODELS), journal)
    for _ in range(_TRIES):
        before: Standing = await client.standing()
        words = _words(await client.read(TRANSITIONS))
        found = expected.compare(words, before.clocks)
        if found.clean or (await client.standing()).clocks == before.clocks:
            break
    found.add(telling(words))
    found.confirm(keeping(words, journal))
    return found


def _refused(dead: Sequence[Any]) -> Findings:
    """Count dead letters, of which there must be none: all that was sent is good."""
    found = Findings()
    for letter in dead:
        why = {name: value.decode() for name, value in letter.headers}
        found.note("lost", f"an event became a dead letter: {why}")
    return found


def _words(records: Sequence[Any]) -> list[Written]:
    return [Written(record.timestamp, orjson.loads(record.value)) for record in records]


async def _verify(bootstrap: str) -> Findings:
    """Run `touchstone verify`; again while it finds that more is committed as it reads."""
    found = Findings()
    for _ in range(_TRIES):
        done = await touchstone("verify", "--broker", bootstrap, "--json", *MODEL_OPTIONS)
        counts = orjson.loads(done.stdout)
        if not counts["pending"]:
            break
    for kind in KINDS:
        found.counts[kind] = counts[kind]
    if counts["pending"]:
        found.note("wrong", f"verify has {counts['pending']} subjects pending for ever")
    found.sentences += [f"verify: {sentence}" for sentence in counts["differences"]]
    return found

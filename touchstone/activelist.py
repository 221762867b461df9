"""Which versions are in force on a deployment, and which are to come."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from journey.engine import EngineSettings
from journey.instant import format_instant
from journey.lines import ALWAYS, lines_of
from journey.model import Model
from topics.connection import Connection
from touchstone.activated import Activated, read_activated
from touchstone.ends import history_end
from touchstone.reading import reading


async def listed(
    bootstrap: Connection, base: Sequence[Model], settings: EngineSettings
) -> Iterator[str]:
    """Say of each version when it is in force, and of each refused record why it counts not."""
    async with reading(bootstrap) as reader:
        found = await read_activated(reader, base, settings)
        now = (
            time.time_ns() // 1_000_000
            if reader.clock() == "wall"
            else await history_end(bootstrap)
        )
    return _rows(found, now)


def _rows(found: Activated, now: int) -> Iterator[str]:
    for line in lines_of(found.models):
        for place, (model, stamp) in enumerate(zip(line.versions, line.stamps, strict=True)):
            since = "always" if stamp == ALWAYS else format_instant(stamp)
            if stamp > now:
                state = "to come"
            else:
                state = "in force" if line.at(now) == place else "replaced"
            yield f"{model.name}  {model.version}  {since}  {state}  {model.title}"
    for heard in found.heard:
        if heard.refusal is not None:
            yield f"{heard.key} was refused: {heard.refusal}."

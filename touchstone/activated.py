"""The versions that a deployment's topic `models` brings into force, as its workers know them."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec

from journey.engine import Engine, EngineSettings
from journey.errors import ActivationError
from journey.lines import Activation, lines_of
from journey.model import Model
from topics.activations import Activations, Heard
from topics.contracts import MODELS
from touchstone.reading import Reader


class Activated(msgspec.Struct, frozen=True):
    """All versions, as an engine takes them, and what became of each record of the topic."""

    models: list[Model | Activation]
    heard: list[Heard]


async def read_activated(
    reader: Reader, base: Sequence[Model | Activation], settings: EngineSettings
) -> Activated:
    """Read the topic to its end, for a deployment that was started with these models.

    Raises UsageError where the models do not go together, Missing where there is no such topic.
    """
    try:
        lines_of(base)
    except ActivationError as error:
        raise click.UsageError(f"{error}.") from error
    found = Activations(base, settings.notice if reader.clock() == "wall" else None)
    heard = [
        found.hear(record.offset, record.timestamp, record.key, record.value)
        async for record in reader.topic(MODELS)
    ]
    return Activated(found.models, heard)


async def engine_on(
    reader: Reader, base: Sequence[Model | Activation], settings: EngineSettings
) -> Engine:
    """Make the engine that the workers of a deployment have by now. Raises as read_activated."""
    return Engine((await read_activated(reader, base, settings)).models, settings)

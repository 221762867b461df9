"""What every answer is made from, put together once a process."""

from __future__ import annotations

import time
from typing import Annotated

import msgspec
from fastapi import Depends, Request

from journey.language import parse_model
from services.api.hub import Hub
from services.api.metrics import Metrics
from services.api.readmodel.database import Database
from services.api.readmodel.follower import Follower
from services.api.readmodel.lag import Lag
from services.api.readmodel.resume import resume
from services.api.readmodel.sqlite import SqliteDatabase
from services.api.settings import ApiSettings

_FILE = "read-model.sqlite"


class ModelText(msgspec.Struct, frozen=True):
    """A model in use, as its author wrote it."""

    name: str
    version: str
    title: str
    yaml: str


class Context:
    """The parts of one API process. `fault` is what ended the follower, None while it runs."""

    def __init__(self, settings: ApiSettings) -> None:
        """Open the read model. Raises StoreTooNew, and ModelError for a model that is not valid."""
        self.settings = settings
        self.models = {model.name: model for model in map(_model, settings.models)}
        self.metrics = Metrics()
        self.hub = Hub(settings.stream_queue, self.metrics)
        self.lag = Lag(settings.max_lag_s, time.monotonic())
        self.database: Database = SqliteDatabase(settings.data_dir / _FILE)
        self.follower = Follower(
            settings.bootstrap,
            self.database,
            self.hub,
            self.lag,
            self.metrics,
            settings.stream_kept,
        )
        self.fault: BaseException | None = None

    async def open(self) -> None:
        """Take up the numbering of the last process, before the first client comes back."""
        resumed = await self.database.read(resume)
        self.hub.number_from(resumed.epoch, resumed.sequence)

    async def close(self) -> None:
        """End the streams and close the read model."""
        self.hub.close()
        await self.database.close()


def _model(given: tuple[str, str]) -> ModelText:
    source, text = given
    model = parse_model(text, source)
    return ModelText(model.name, model.version, model.title, text)


async def _context_of(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(_context_of)]
"""The context, as an argument of a route."""

"""A detector worker in its own process, with the shipped model."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from journey.engine import EngineSettings
from journey.instant import MINUTE
from services.detector import DetectorSettings, ModelText, NotReady, flusher, run
from services.detector.limits import Limits
from services.detector.modellog import ModelLog
from services.detector.settings import Store
from topics.connection import connection_of
from topics.contracts import Clock

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / "four-moments.yaml"


class Order(msgspec.Struct):
    """What a test wants of the worker it starts."""

    bootstrap: str
    data_dir: str
    http_port: int
    clock: Clock = "wall"
    store: Store = "memory"
    standbys: int = 0
    cache: int = 100_000
    bad_share: float = 0.5
    frozen_after_s: float = 60.0
    flush_interval_ms: int = 100
    models: tuple[str, ...] = (str(MODEL),)
    skew: int = 5 * MINUTE
    blindfold: str = ""
    """While this file exists, the topic `models` gives no answer."""

    def settings(self) -> DetectorSettings:
        return DetectorSettings(
            bootstrap=connection_of(self.bootstrap, os.environ),
            data_dir=Path(self.data_dir),
            models=tuple(ModelText(path, Path(path).read_text()) for path in self.models),
            clock=self.clock,
            store=self.store,
            standbys=self.standbys,
            http_port=self.http_port,
            session_timeout_s=6.0,
            frozen_after_s=self.frozen_after_s,
            flush_interval_ms=self.flush_interval_ms,
            limits=Limits(journeys=self.cache, bad_share=self.bad_share),
            engine=EngineSettings(skew=self.skew),
        )


def cover(path: Path) -> None:
    """Let the topic `models` be silent while a file exists."""
    read_on = ModelLog.read_on

    async def covered(self: ModelLog) -> bool:
        return not await asyncio.to_thread(path.exists) and await read_on(self)

    ModelLog.read_on = covered  # type: ignore[method-assign]


def main(argument: str) -> int:
    order = msgspec.json.decode(argument, type=Order)
    if order.blindfold:
        cover(Path(order.blindfold))
    try:
        return run(order.settings())
    except NotReady as missing:
        sys.stderr.write(f"{missing}\n")
        return 3


if __name__ == "__main__":
    # Tests wait again and again until an idle clock is committed. Not where flushes are counted.
    flusher.CLOCK_COMMIT_S = 0.5  # type: ignore[misc]
    sys.exit(main(sys.argv[1]))

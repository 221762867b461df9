"""A detector worker in its own process, with the shipped model."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from services.detector import DetectorSettings, ModelText, NotReady, run
from services.detector.limits import Limits
from services.detector.settings import Store
from topics.connection import Connection
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

    def settings(self) -> DetectorSettings:
        return DetectorSettings(
            bootstrap=Connection(self.bootstrap),
            data_dir=Path(self.data_dir),
            models=(ModelText(MODEL.name, MODEL.read_text()),),
            clock=self.clock,
            store=self.store,
            standbys=self.standbys,
            http_port=self.http_port,
            session_timeout_s=6.0,
            frozen_after_s=self.frozen_after_s,
            limits=Limits(journeys=self.cache, bad_share=self.bad_share),
        )


def main(argument: str) -> int:
    try:
        return run(msgspec.json.decode(argument, type=Order).settings())
    except NotReady as missing:
        sys.stderr.write(f"{missing}\n")
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

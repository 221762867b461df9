"""What differs between deployments of the detector."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from journey.engine import EngineSettings
from services.detector.limits import Limits
from topics.connection import Connection
from topics.contracts import Clock

Store = Literal["memory", "disk"]


class ModelText(msgspec.Struct, frozen=True):
    """One model as written; `source` names the file in messages."""

    source: str
    text: str


class DetectorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the detector is told at its start.

    `clock` must be that of the topics. States are kept in memory, or in a database on disk in
    `data_dir`, from which a worker starts again without reading the changelog. Each partition
    has so many `standbys` among the other workers, which hold its states ready; all workers are
    told the same number. `flush_interval_ms` is how long what was read waits at
    most to be committed where nothing follows from it; what is said does not wait for it.
    `frozen_after_s` is how long the clock may stand before the worker counts as not ready.
    `clock_skew_ms` is how far the broker's clock may be behind the worker's: so much later a
    deadline fires, and within so much an answer that arrived in time is never called missed.
    Machines that keep time by NTP are apart by much less; more than 500 would leave too little
    of the second within which deadlines fire.
    The port serves /metrics, /healthz and /readyz; 0 takes any free one. Beyond loopback it
    needs the `token`, which is then asked for /metrics.
    """

    bootstrap: Connection
    data_dir: Path
    models: tuple[ModelText, ...]
    clock: Clock = "wall"
    store: Store = "memory"
    standbys: int = 0
    http_host: str = "127.0.0.1"
    http_port: int = 9464
    token: str | None = None
    clock_skew_ms: int = 250
    flush_interval_ms: int = 100
    frozen_after_s: float = 60.0
    session_timeout_s: float = 10.0
    engine: EngineSettings = EngineSettings()
    limits: Limits = Limits()

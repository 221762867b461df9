"""What the API is told when it starts."""

from __future__ import annotations

from pathlib import Path

import msgspec

from services.api.errors import OpenToTheNetwork
from services.loopback import is_loopback
from topics.connection import Connection


class ApiSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one API process.

    `models` are the texts of the models in use, as (source, YAML) pairs. `token` is the
    admin token; without one only a loopback address may be bound. `max_lag_s` is the lag in
    seconds from which `/readyz` fails. `stream_kept` is how many entries of the live stream
    can be resumed, `stream_queue` how many may wait for one client before it is cut off.
    """

    bootstrap: Connection
    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8080
    token: str | None = None
    models: tuple[tuple[str, str], ...] = ()
    open_metrics: bool = False
    max_lag_s: float = 30.0
    stream_kept: int = 100_000
    stream_queue: int = 1_000
    heartbeat_s: float = 15.0

    def checked(self) -> ApiSettings:
        """Give these settings back, or raise OpenToTheNetwork."""
        if not self.token and not is_loopback(self.host):
            raise OpenToTheNetwork(
                f"The API was to listen on {self.host} without a token, which would show every "
                "customer to the network: set TOUCHSTONE_TOKEN, or bind 127.0.0.1."
            )
        return self

"""The data directory of one deployment on this machine, and the lock that keeps it to one `up`.

lock         held while `up` (or its watchdog) lives; names the process
clock        wall or events, written at creation
models       name, version and fingerprint of the models, written at creation
admin-token  made at creation, readable by its owner only
kafka/  detector-1/ …  api/  logs/
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import click
import psutil

from journey.model import Model
from touchstone.errors import Missing
from touchstone.local.stopping import Stop

Clock = Literal["wall", "events"]

_LEFTOVERS_END_WITHIN_S: Final = 45.0


def default_directory() -> Path:
    """Give the directory of the user's data: `~/.local/share/touchstone`, or as XDG says."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "touchstone"


class Instance:
    """One deployment's directory, locked for this process."""

    def __init__(self, directory: Path, clock: Clock | None, stop: Stop) -> None:
        """Create or reopen the directory.

        Raises Missing where it cannot be used or another `up` uses it, UsageError where it was
        created with the other clock, Interrupted when asked to stop while waiting.
        """
        self.directory = directory.expanduser().resolve()
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.lock = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Missing(
                f"The data directory {self.directory} cannot be used ({error.strerror}): "
                "pass another with --data-dir."
            ) from error
        self._take_lock(stop)
        self.clock = self._settle_clock(clock)
        self.token = self._token()

    @property
    def logs(self) -> Path:
        """The directory of the children's output."""
        return self.directory / "logs"

    @property
    def was_simulated(self) -> bool:
        """Say whether the simulated company has begun here before."""
        return self._simulated.exists()

    def note_simulated(self) -> None:
        """Write down that the simulated company has begun."""
        self._simulated.touch()

    def keep_models(self, models: Sequence[Model]) -> None:
        """Write down the models, or raise UsageError where they are not those of the creation.

        These stay, whatever is activated later: that is on the topic `models`.
        """
        path = self.directory / "models"
        text = "".join(f"{one.name} {one.version} {one.fingerprint}\n" for one in models)
        if not path.exists():
            path.write_text(text, "utf-8")
        known = path.read_text("utf-8")
        if known != text:
            names = ", ".join(" ".join(line.split()[:2]) for line in known.splitlines())
            raise click.UsageError(
                f"{self.directory} was created with other models ({names}), or with other texts of "
                "them, and its journeys cannot be read under these: start it with those, and bring "
                "a new version into force with `touchstone model activate`, or pass another "
                "--data-dir."
            )

    def close(self) -> None:
        """Give the directory free."""
        os.close(self.lock)

    @property
    def _simulated(self) -> Path:
        return self.directory / "simulated"

    def _take_lock(self, stop: Stop) -> None:
        deadline = time.monotonic() + _LEFTOVERS_END_WITHIN_S
        while not self._try_lock():
            owner = int(os.pread(self.lock, 20, 0) or b"0")
            if psutil.pid_exists(owner) or time.monotonic() > deadline:
                raise Missing(
                    f"The data directory {self.directory} is in use by another `touchstone up` "
                    f"(process {owner}): stop that one, or run a second beside it with its own "
                    "--data-dir, --port and --kafka-port."
                )
            stop.sleep(0.2)  # that `up` was killed; its watchdog is stopping what it left
        os.ftruncate(self.lock, 0)
        os.pwrite(self.lock, str(os.getpid()).encode(), 0)

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _settle_clock(self, asked: Clock | None) -> Clock:
        path = self.directory / "clock"
        if not path.exists():
            path.write_text(f"{asked or 'wall'}\n", "utf-8")
        clock: Clock = "events" if path.read_text("utf-8").strip() == "events" else "wall"
        if asked not in (None, clock):
            raise click.UsageError(
                f"{self.directory} was created with --clock {clock}, and live events and history "
                f"do not mix: leave --clock {asked} out, or pass another --data-dir."
            )
        return clock

    def _token(self) -> str:
        path = self.directory / "admin-token"
        if not path.exists():
            partial = path.with_suffix(".new")
            partial.unlink(missing_ok=True)
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
                f.write(secrets.token_urlsafe(24) + "\n")
            partial.rename(path)
        return path.read_text("utf-8").strip()

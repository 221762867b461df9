"""Quix Streams with exactly-once, in an environment of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from benchmarks.contenders.contender import Contender, Run

HOME: Final = Path(__file__).parents[1]
LOCK: Final = HOME / "quix.lock"
_ENVIRONMENT = HOME / ".quix"
_PYTHON = _ENVIRONMENT / "bin" / "python"
_INSTALLED = _ENVIRONMENT / "installed.lock"


class Quix(Contender):
    """Its state in RocksDB with a changelog topic, its JSON, its commit interval."""

    name = "quix"
    title = "Quix Streams, exactly-once"
    size = "few"

    def prepare(self) -> str | None:
        """Make the environment, once for each lock; give pip's last line where that fails."""
        if _INSTALLED.is_file() and _INSTALLED.read_bytes() == LOCK.read_bytes():
            return None
        install = ["-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK)]
        for step in ([sys.executable, "-m", "venv", str(_ENVIRONMENT)], [str(_PYTHON), *install]):
            done = subprocess.run(step, capture_output=True, text=True, check=False)  # noqa: S603
            if done.returncode:
                return f"could not be installed: {done.stderr.strip().splitlines()[-1]}"
        _INSTALLED.write_bytes(LOCK.read_bytes())
        return None

    def version(self) -> str:
        """Give the version that is locked."""
        found = re.search(r"^quixstreams==(\S+)", LOCK.read_text("utf-8"), re.MULTILINE)
        assert found
        return f"quixstreams {found[1]}"

    def command(self, run: Run) -> list[str]:
        """Start its job."""
        job = str(Path(__file__).with_name("quix_job.py"))
        state = str(run.directory / "state")
        return [
            str(_PYTHON), job, run.bootstrap, run.group, state, ",".join(run.topics), run.output
        ]  # fmt: skip

"""`touchstone detector` with fuses: it dies at a step of the flush when it is told to.

`python -m tests.chaos.worker FUSE detector …`; writing one of STEPS into the file FUSE lights it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.detector.crashing_worker import DIED, STEPS, arm
from touchstone.cli import main


class Fuse:
    """Burns through once the file names its step."""

    def __init__(self, file: Path, step: str) -> None:
        self._file = file
        self._step = step

    def burn(self) -> None:
        if self._file.exists() and self._file.read_text("utf-8") == self._step:
            self._file.unlink()
            os._exit(DIED)


if __name__ == "__main__":
    for _step in STEPS:
        arm(_step, Fuse(Path(sys.argv[1]), _step))
    sys.argv[1:] = sys.argv[2:]
    main()

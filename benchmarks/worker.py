"""A detector with settings that `touchstone detector` has no option for."""

from __future__ import annotations

import sys
from pathlib import Path

from services.detector import DetectorSettings, ModelText, run
from topics.connection import Connection
from touchstone.modelfiles import texts_of


def main(bootstrap: str, directory: str, flush_ms: str, *models: str) -> int:
    """Run until SIGTERM, committing at most once in `flush_ms` (ms)."""
    return run(
        DetectorSettings(
            bootstrap=Connection(bootstrap),
            data_dir=Path(directory) / "data",
            models=tuple(ModelText(source, text) for source, text in texts_of(models)),
            http_port=0,
            flush_interval_ms=int(flush_ms),
        )
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

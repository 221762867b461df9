"""A detector as `touchstone detector` runs it, under models given by file."""

from __future__ import annotations

import sys
from pathlib import Path

from services.detector import DetectorSettings, ModelText, run
from topics.connection import Connection
from touchstone.modelfiles import texts_of


def main(bootstrap: str, directory: str, *models: str) -> int:
    """Run until SIGTERM."""
    return run(
        DetectorSettings(
            bootstrap=Connection(bootstrap),
            data_dir=Path(directory) / "data",
            models=tuple(ModelText(source, text) for source, text in texts_of(models)),
            http_port=0,
        )
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

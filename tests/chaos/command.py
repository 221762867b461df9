"""Commands of the product, run as a user runs them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ENVIRONMENT: Final = {
    "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
}
MODELS: Final = ("four-moments", str(Path(__file__).with_name("promises.yaml")))
MODEL_OPTIONS: Final = tuple(part for model in MODELS for part in ("--models", model))


async def touchstone(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Raises RuntimeError where it could not do its work."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "touchstone", *arguments],
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1}:
        told = f"{done.stdout}{done.stderr}"
        raise RuntimeError(f"touchstone {arguments[0]} ended with {done.returncode}: {told}")
    return done

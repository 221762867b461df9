"""Breaks the engine in the known ways, one at a time, and sees whether the tests notice.

`make mutants`; `make mutants ARGS="pause reset"` for those with one of these words in their
names. A mutation that survives means that the tests are not sharp.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

from tests.journey.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).parents[2]

_AT_A_TIME = 2
_LONGEST = 300  # seconds: a mutation may well make the engine go round for ever


def main(wanted: list[str]) -> int:
    """Try the mutations that are wanted, or all; give the number of those that survived."""
    chosen = [one for one in MUTATIONS if not wanted or any(word in one.name for word in wanted)]
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        caught = sum(pool.map(_is_caught, chosen))
    print(f"{caught} of {len(chosen)} mutations caught")
    return len(chosen) - caught


def _is_caught(mutation: Mutation) -> bool:
    began = monotonic()
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        for folder in ("journey", "models", "topics", "tests/journey"):
            shutil.copytree(ROOT / folder, copy / folder)
        for name in ("__init__.py", "properties.py"):
            shutil.copy(ROOT / "tests" / name, copy / "tests" / name)
        path = copy / "journey" / mutation.file
        text = path.read_text("utf-8")
        assert text.count(mutation.was) == 1, f"{mutation.name}: the text to replace is not there"
        path.write_text(text.replace(mutation.was, mutation.becomes), "utf-8")
        caught = not _tests_pass(copy, mutation.tests)
    verdict = "caught  " if caught else "SURVIVED"
    print(f"{verdict} {monotonic() - began:4.0f} s  {mutation.name}", flush=True)
    return caught


def _tests_pass(folder: Path, tests: tuple[str, ...]) -> bool:
    argv = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    argv += [f"tests/journey/{test}" for test in tests]
    environment = os.environ | {"PYTHONPATH": str(folder), "TOUCHSTONE_PROPERTIES": "mutants"}
    try:
        done = subprocess.run(
            argv,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST,
        )
    except subprocess.TimeoutExpired:
        return False
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What a machine may lack for `make up` is one sentence that says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy" / "bootstrap.sh"
TOOLS = ("sh", "rm", "grep", "tail", "mkdir", "cat")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Give a directory with the tools of every machine, and no Python."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (directory / tool).symlink_to(found)
    return directory


def put(directory: Path, name: str, script: str) -> None:
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def bootstrap(tools: Path) -> subprocess.CompletedProcess[str]:
    checkout = tools.parent / "checkout"
    checkout.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHON"}
    return subprocess.run(
        ["/bin/sh", str(SCRIPT), "requirements.lock"],
        cwd=checkout,
        env={**environment, "PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_without_python_is_told_which_to_install(tools: Path) -> None:
    done = bootstrap(tools)
    assert done.returncode == 3
    assert done.stderr.startswith("touchstone: Python 3.11 or newer was not found; install it")
    assert done.stderr.count("\n") == 1


def test_a_python_that_is_too_old_counts_as_none(tools: Path) -> None:
    put(tools, "python3", "exit 1")
    assert "3.11 or newer was not found" in bootstrap(tools).stderr


def test_a_python_without_venv_is_told_what_to_install(tools: Path) -> None:
    put(tools, "python3", 'case "$2" in *venv*) exit 1 ;; esac')
    done = bootstrap(tools)
    assert done.returncode == 3
    assert "python3 has no venv module; install it" in done.stderr
    assert "python3-venv" in done.stderr


PIP = """
case "$2" in *version_info*) exit 0 ;; esac
if [ "$1 $2" = "-m venv" ]; then
    mkdir -p .venv/bin; cat "$0" > .venv/bin/python; chmod +x .venv/bin/python; exit
fi
[ "$2" = pip ] || exit 0
echo "ERROR: {said}"
exit 1
"""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "Could not connect: Connection refused",
            "could not be downloaded; connect to the network",
        ),
        (
            "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "does not have the hash in requirements.lock",
        ),
        ("No space left on device", "could not be installed; all of pip's output is in"),
    ],
)
def test_what_pip_says_becomes_one_sentence(tools: Path, said: str, expected: str) -> None:
    chmod = shutil.which("chmod")
    assert chmod is not None
    (tools / "chmod").symlink_to(chmod)
    put(tools, "python3", PIP.replace("{said}", said))
    done = bootstrap(tools)
    assert done.returncode == 3
    assert expected in done.stderr

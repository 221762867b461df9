"""A short play, one round of each of the worst faults: nothing is lost, nothing invented."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.chaos.command import ROOT

FAULTS = ("outage", "pause", "broker-kill")


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_deployment_that_is_broken_in_rounds_says_everything_once_and_right() -> None:
    argv = [sys.executable, "-m", "tests.chaos", "--rounds", str(len(FAULTS)), "--seed", "3"]
    argv += [part for fault in FAULTS for part in ("--fault", fault)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("lost 0, invented 0, repeated 0, wrong 0\n"), done
    assert done.returncode == 0
    for fault in FAULTS:
        line = rf"^round \d+ \(.*{fault}.*, [1-9]\d+ events, [1-9]\d+ words"
        assert re.search(line, done.stdout, re.MULTILINE), done.stdout

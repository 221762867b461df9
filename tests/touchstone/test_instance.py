"""A data directory belongs to one `up`, has one clock and one token."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from touchstone.errors import Interrupted, Missing
from touchstone.local import ports
from touchstone.local.instance import Instance
from touchstone.local.stopping import Stop


def test_the_token_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = Instance(tmp_path, None, Stop())
    first.close()
    second = Instance(tmp_path, None, Stop())
    assert first.token == second.token
    assert len(first.token) >= 32
    assert (tmp_path / "admin-token").stat().st_mode & 0o777 == 0o600
    second.close()


def test_the_clock_is_written_down_and_another_is_refused(tmp_path: Path) -> None:
    Instance(tmp_path, "events", Stop()).close()
    again = Instance(tmp_path, None, Stop())
    assert again.clock == "events"
    again.close()
    with pytest.raises(click.UsageError, match="created with --clock events"):
        Instance(tmp_path, "wall", Stop())


def test_the_clock_is_the_wall_clock_unless_asked_otherwise(tmp_path: Path) -> None:
    instance = Instance(tmp_path, None, Stop())
    assert instance.clock == "wall"
    instance.close()


def test_a_directory_in_use_is_refused_with_the_process_that_uses_it(tmp_path: Path) -> None:
    instance = Instance(tmp_path, None, Stop())
    with pytest.raises(Missing, match=rf"in use .*process {os.getpid()}.*--data-dir"):
        Instance(tmp_path, None, Stop())
    instance.close()


HOLDER = """
import fcntl, os, sys, time
lock = os.open(sys.argv[1], os.O_RDWR)
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


def held_by_leftovers(tmp_path: Path, seconds: float) -> subprocess.Popen[str]:
    """Hold the lock as the watchdog of a killed `up` does: the named process is dead."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / "lock").write_text(str(ended.pid))
    argv = [sys.executable, "-c", HOLDER, str(tmp_path / "lock"), str(seconds)]
    holder = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.stdout.close()
    return holder


def test_the_lock_of_a_killed_up_is_taken_over_when_its_leftovers_have_ended(
    tmp_path: Path,
) -> None:
    holder = held_by_leftovers(tmp_path, 0.5)
    began = time.monotonic()
    Instance(tmp_path, None, Stop()).close()
    assert time.monotonic() - began > 0.2
    holder.wait()


def test_waiting_for_leftovers_ends_when_asked_to_stop(tmp_path: Path) -> None:
    holder = held_by_leftovers(tmp_path, 30)
    stop = Stop()
    stop.ask()
    with pytest.raises(Interrupted):
        Instance(tmp_path, None, stop)
    holder.kill()
    holder.wait()


def test_a_directory_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Missing, match="cannot be used"):
        Instance(tmp_path / "file", None, Stop())


def test_a_taken_port_is_named_with_what_to_pass() -> None:
    with socket.socket() as taken:
        taken.bind((ports.LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Missing, match=f"Port {port} .* is taken .*pass --kafka-port"):
            ports.require_free(port, "--kafka-port")
    ports.require_free(port, "--kafka-port")


def test_chosen_ports_are_distinct() -> None:
    assert len(set(ports.choose_free(20))) == 20

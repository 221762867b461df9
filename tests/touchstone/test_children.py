"""Child processes: stopped with all they started, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from touchstone.errors import Missing
from touchstone.local import child as child_module
from touchstone.local.child import Child
from touchstone.local.service import DEATHS_ALLOWED, Service
from touchstone.local.watchdog import Watchdog

SLEEPS = "import time; print('ready', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    dog = Watchdog()
    yield dog
    dog.close()


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def wait_until_it_prints(child: Child) -> None:
    deadline = time.monotonic() + 10
    while not child.last_lines(1):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def until_gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_gone(pid):
            return True
        time.sleep(0.05)
    return False


def test_a_child_that_ignores_sigterm_is_killed_after_the_grace(
    tmp_path: Path, watchdog: Watchdog
) -> None:
    child = Child("stubborn", python(STUBBORN), tmp_path / "log", watchdog)
    wait_until_it_prints(child)
    child.stop(0.2)
    assert child.exit_code() == -signal.SIGKILL


def test_what_a_child_started_ends_with_it(tmp_path: Path, watchdog: Watchdog) -> None:
    code = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])"
    child = Child("parent", python(f"{code}; p.wait()"), tmp_path / "log", watchdog)
    wait_until_it_prints(child)
    [grandchild] = psutil.Process(child.pid).children()
    child.stop(0.2)
    assert until_gone(grandchild.pid, 5)


def test_last_lines_are_of_this_run_only(tmp_path: Path, watchdog: Watchdog) -> None:
    (tmp_path / "log").write_text("from the run before\n")
    child = Child("one", python("print('from this run')"), tmp_path / "log", watchdog)
    wait_until_it_prints(child)
    assert child.last_lines(5) == ["from this run"]


def test_a_long_log_is_moved_aside_while_the_child_goes_on_writing(
    tmp_path: Path, watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "LOG_LIMIT_BYTES", 10)
    code = "import sys; print('x' * 20, flush=True); sys.stdin.read(); "
    child = Child("one", python(code + SLEEPS), tmp_path / "one.log", watchdog)
    wait_until_it_prints(child)
    time.sleep(0.2)
    child.bound_log()
    assert (tmp_path / "one.log").stat().st_size == 0
    assert "xxxx" in (tmp_path / "one.log.1").read_text()
    child.stop(1)


PARENT = """
import sys, time
from pathlib import Path
from touchstone.local.child import Child
from touchstone.local.watchdog import Watchdog
child = Child("c", [sys.executable, "-c", {code!r}], Path({log!r}), Watchdog())
print(child.pid, flush=True)
time.sleep(60)
"""


def test_no_child_outlives_a_parent_killed_with_9(tmp_path: Path) -> None:
    script = PARENT.format(code=SLEEPS, log=str(tmp_path / "log"))
    parent = subprocess.Popen(python(script), stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert not is_gone(pid)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert until_gone(pid, 10)


def test_a_watchdog_that_was_killed_does_not_stop_the_parent(tmp_path: Path) -> None:
    dog = Watchdog()
    os.kill(dog._process.pid, signal.SIGKILL)
    dog._process.wait()
    child = Child("one", python(SLEEPS), tmp_path / "log", dog)
    child.stop(1)
    dog.close()


def dying(tmp_path: Path, watchdog: Watchdog) -> Service:
    code = "print('cannot go on'); raise SystemExit(7)"
    return Service("worker-1", "worker", lambda: python(code), tmp_path / "log", watchdog)


def end_of(service: Service) -> None:
    assert service.child is not None
    deadline = time.monotonic() + 10
    while service.child.exit_code() is None and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_death_is_reported_with_the_last_lines_and_the_service_started_again(
    tmp_path: Path, watchdog: Watchdog
) -> None:
    service = dying(tmp_path, watchdog)
    service.start()
    end_of(service)
    told = service.tend(now=100.0)
    assert told is not None
    assert "worker-1 ended with exit code 7" in told
    assert "| cannot go on" in told
    assert service.tend(now=100.4) is None
    assert service.child is None
    service.tend(now=100.5)
    assert service.child is not None
    service.stop(1)


def test_the_fifth_death_within_a_minute_is_the_end(tmp_path: Path, watchdog: Watchdog) -> None:
    service = dying(tmp_path, watchdog)
    for death in range(DEATHS_ALLOWED - 1):
        service.start()
        end_of(service)
        service.tend(now=100.0 + death * 10)
    service.start()
    end_of(service)
    with pytest.raises(Missing, match="worker-1 died 5 times within a minute"):
        service.tend(now=159.0)


def test_deaths_more_than_a_minute_ago_are_forgiven(tmp_path: Path, watchdog: Watchdog) -> None:
    service = dying(tmp_path, watchdog)
    for death in range(DEATHS_ALLOWED + 1):
        service.start()
        end_of(service)
        assert service.tend(now=100.0 + death * 20) is not None


def test_a_service_ended_by_a_signal_is_said_so(tmp_path: Path, watchdog: Watchdog) -> None:
    service = Service("one", "one", lambda: python(SLEEPS), tmp_path / "log", watchdog)
    service.start()
    assert service.child is not None
    os.kill(service.child.pid, signal.SIGKILL)
    end_of(service)
    told = service.tend(now=1.0)
    assert told is not None
    assert "was ended by signal 9" in told

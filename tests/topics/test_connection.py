"""How settings become a connection: what fits together, what does not, and what stays secret."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from topics.connection import Connection, connection_of
from topics.errors import BadConnection

BROKER = "127.0.0.1:9093"
SCRAM = {
    "SECURITY_PROTOCOL": "SASL_SSL",
    "SASL_MECHANISM": "SCRAM-SHA-512",
    "SASL_USERNAME": "detector",
    "SASL_PASSWORD": "hunter2",
}


def of(**given: str) -> Connection:
    return connection_of(BROKER, {f"TOUCHSTONE_KAFKA_{name}": one for name, one in given.items()})


def test_without_settings_nothing_is_encrypted_and_nobody_asked() -> None:
    assert of() == Connection(BROKER)
    assert of().client_settings() == {
        "bootstrap_servers": BROKER,
        "security_protocol": "PLAINTEXT",
    }
    assert connection_of(BROKER, {"PATH": "/bin", "TOUCHSTONE_BROKER": BROKER}) == of()
    assert of(SASL_PASSWORD="", SECURITY_PROTOCOL="") == of()  # as compose files leave them


def test_password_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("hunter2\n")
    without = {name: one for name, one in SCRAM.items() if name != "SASL_PASSWORD"}
    assert of(**without, SASL_PASSWORD_FILE=str(file)) == of(**SCRAM)
    settings = of(**SCRAM).client_settings()
    assert settings["security_protocol"] == "SASL_SSL"
    assert settings["sasl_mechanism"] == "SCRAM-SHA-512"
    assert settings["sasl_plain_username"] == "detector"
    assert settings["sasl_plain_password"] == "hunter2"
    assert settings["ssl_context"].check_hostname


def test_password_is_not_in_what_is_printed() -> None:
    connection = of(**SCRAM)
    assert "detector" in repr(connection)
    for shown in (repr(connection), str(connection), repr(connection.client_settings())):
        assert "hunter2" not in shown


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SECURITY_PROTOCOL": "TLS"}, "SECURITY_PROTOCOL is 'TLS'; expected one of PLAINTEXT"),
        ({**SCRAM, "SASL_MECHANISM": "GSSAPI"}, "SASL_MECHANISM is 'GSSAPI'; expected one of"),
        ({**SCRAM, "SASL_MECHANISM": ""}, "SASL_MECHANISM is not set; .* SASL_SSL needs it"),
        ({**SCRAM, "SASL_USERNAME": ""}, "SASL_USERNAME is not set"),
        ({**SCRAM, "SASL_PASSWORD": ""}, "SASL_PASSWORD is not set .or .*SASL_PASSWORD_FILE"),
        ({**SCRAM, "SASL_PASSWORD_FILE": "/x"}, "are both set; expected one"),
        ({**SCRAM, "SECURITY_PROTOCOL": "SSL"}, "SASL_MECHANISM is set, but .* is SSL"),
        ({**SCRAM, "SECURITY_PROTOCOL": ""}, "SASL_MECHANISM is set, but .* is PLAINTEXT"),
        ({"SSL_CAFILE": "ca.pem"}, "SSL_CAFILE is set, but .* expected SASL_SSL or SSL"),
        (
            {"SECURITY_PROTOCOL": "SSL", "SSL_KEYFILE": "key.pem"},
            "SSL_KEYFILE is set without TOUCHSTONE_KAFKA_SSL_CERTFILE",
        ),
        ({"SSL_CA_FILE": "ca.pem"}, "TOUCHSTONE_KAFKA_SSL_CA_FILE is no setting; expected one"),
        (
            {"SECURITY_PROTOCOL": "SSL", "SSL_CAFILE": "/nowhere/ca.pem"},
            "the CA file /nowhere/ca.pem cannot be read .No such file",
        ),
        (
            {"SECURITY_PROTOCOL": "SSL", "SSL_CERTFILE": "/nowhere/c.pem"},
            "the certificate /nowhere/c.pem cannot be read .No such file",
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_said_before_anything_is_tried(
    given: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadConnection, match=said) as raised:
        of(**given)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(("text", "said"), [(None, "cannot be read"), ("\n", "which is empty")])
def test_password_file_must_hold_one(tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "password"
    if text is not None:
        file.write_text(text)
    with pytest.raises(BadConnection, match=said):
        of(**{**SCRAM, "SASL_PASSWORD": "", "SASL_PASSWORD_FILE": str(file)})


def test_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("not a certificate")
    with pytest.raises(BadConnection, match=f"the CA file {file} cannot be used"):
        of(SECURITY_PROTOCOL="SSL", SSL_CAFILE=str(file))


def test_whoever_connects_reads_records_with_strange_header_names() -> None:
    """An import that looks unused: without it one record stops every reader for ever."""
    said = "import topics.connection, sys; print('topics.headers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"

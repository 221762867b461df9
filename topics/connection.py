"""How the Kafka cluster is reached: its address, and how clients prove who they are.

What is secret comes from the environment alone: arguments can be seen by everybody on a machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

import topics.headers  # noqa: F401 - whoever connects can read whatever was written
from topics.errors import BadConnection
from topics.security import Mechanism, Sasl, Secret, SecurityProtocol, Tls

PREFIX: Final = "TOUCHSTONE_KAFKA_"

_PROTOCOL: Final = "TOUCHSTONE_KAFKA_SECURITY_PROTOCOL"
_MECHANISM: Final = "TOUCHSTONE_KAFKA_SASL_MECHANISM"
_USERNAME: Final = "TOUCHSTONE_KAFKA_SASL_USERNAME"
_PASSWORD: Final = "TOUCHSTONE_KAFKA_SASL_PASSWORD"  # noqa: S105 - names
_PASSWORD_FILE: Final = "TOUCHSTONE_KAFKA_SASL_PASSWORD_FILE"  # noqa: S105 - names
_CAFILE: Final = "TOUCHSTONE_KAFKA_SSL_CAFILE"
_CERTFILE: Final = "TOUCHSTONE_KAFKA_SSL_CERTFILE"
_KEYFILE: Final = "TOUCHSTONE_KAFKA_SSL_KEYFILE"

_OF_SASL: Final = (_MECHANISM, _USERNAME, _PASSWORD, _PASSWORD_FILE)
_OF_TLS: Final = (_CAFILE, _CERTFILE, _KEYFILE)


class Connection(msgspec.Struct, frozen=True):
    """A cluster's address (`HOST:PORT`, several with commas), and what its listener asks for.

    Without `tls` nothing is encrypted, without `sasl` nobody is asked for a password.
    """

    bootstrap: str
    sasl: Sasl | None = None
    tls: Tls | None = None

    def __str__(self) -> str:
        """Give the address."""
        return self.bootstrap

    @property
    def is_secured(self) -> bool:
        """Say whether the broker knows who is asking, and so may refuse."""
        return self.sasl is not None or self.tls is not None

    @property
    def protocol(self) -> SecurityProtocol:
        """Give the name that Kafka has for the combination."""
        if self.sasl is None:
            return "PLAINTEXT" if self.tls is None else "SSL"
        return "SASL_PLAINTEXT" if self.tls is None else "SASL_SSL"

    @property
    def unless_hidden(self) -> str:
        """Give what to add where topics are missing: without permissions they look so."""
        if not self.is_secured:
            return ""
        return ", or give this user the permissions that docs/security.md lists"

    def client_settings(self) -> dict[str, Any]:
        """Give the arguments of an aiokafka client.

        Certificates are read anew each time, as they are renewed. Raises BadConnection.
        """
        settings: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": self.protocol,
        }
        if self.tls is not None:
            settings["ssl_context"] = self.tls.context()
        if self.sasl is not None:
            settings["sasl_mechanism"] = self.sasl.mechanism
            settings["sasl_plain_username"] = self.sasl.username
            settings["sasl_plain_password"] = self.sasl.password
        return settings


def connection_of(bootstrap: str, environ: Mapping[str, str]) -> Connection:
    """Read from the environment how to connect to an address; files are looked into.

    A variable that is empty counts as not set. Raises BadConnection with what does not fit.
    """
    given = {name: value for name, value in environ.items() if name.startswith(PREFIX) and value}
    known = (_PROTOCOL, *_OF_SASL, *_OF_TLS)
    if unknown := sorted(given.keys() - set(known)):
        raise BadConnection(f"{unknown[0]} is no setting; expected one of {', '.join(known)}")
    protocol = _one_of(given, _PROTOCOL, SecurityProtocol, "PLAINTEXT")
    _require_used(given, _OF_SASL, protocol, ("SASL_SSL", "SASL_PLAINTEXT"))
    _require_used(given, _OF_TLS, protocol, ("SASL_SSL", "SSL"))
    connection = Connection(
        bootstrap,
        _sasl(given) if protocol.startswith("SASL") else None,
        _tls(given) if protocol.endswith("SSL") else None,
    )
    connection.client_settings()
    return connection


def _sasl(given: Mapping[str, str]) -> Sasl:
    mechanism: Mechanism = _one_of(given, _MECHANISM, Mechanism)
    return Sasl(mechanism, _required(given, _USERNAME), _password(given))


def _password(given: Mapping[str, str]) -> Secret:
    path = given.get(_PASSWORD_FILE)
    if path is None:
        return Secret(_required(given, _PASSWORD, f" (or {_PASSWORD_FILE})"))
    if _PASSWORD in given:
        raise BadConnection(f"{_PASSWORD} and {_PASSWORD_FILE} are both set; expected one")
    try:
        text = Path(path).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadConnection(
            f"{_PASSWORD_FILE} names {path}, which cannot be read ({why}); expected a "
            "file that holds the password alone"
        ) from error
    if not text:
        raise BadConnection(f"{_PASSWORD_FILE} names {path}, which is empty")
    return Secret(text)


def _tls(given: Mapping[str, str]) -> Tls:
    if _KEYFILE in given and _CERTFILE not in given:
        raise BadConnection(
            f"{_KEYFILE} is set without {_CERTFILE}; expected the client's certificate with its key"
        )
    return Tls(given.get(_CAFILE), given.get(_CERTFILE), given.get(_KEYFILE))


def _one_of(given: Mapping[str, str], name: str, kind: Any, default: str | None = None) -> Any:
    value = given.get(name) or default or _required(given, name)
    if value not in get_args(kind):
        raise BadConnection(f"{name} is {value!r}; expected one of {', '.join(get_args(kind))}")
    return value


def _required(given: Mapping[str, str], name: str, otherwise: str = "") -> str:
    if name not in given:
        raise BadConnection(
            f"{name} is not set{otherwise}; {_PROTOCOL} {given[_PROTOCOL]} needs it"
        )
    return given[name]


def _require_used(
    given: Mapping[str, str], names: tuple[str, ...], protocol: str, users: tuple[str, ...]
) -> None:
    """Refuse what would be ignored: who gave a password or a certificate expects it to count."""
    unused = [name for name in names if name in given]
    if unused and protocol not in users:
        raise BadConnection(
            f"{unused[0]} is set, but {_PROTOCOL} is {protocol}, which does not "
            f"use it; expected {' or '.join(users)}"
        )

"""What a secured listener asks for: a user with a password (SASL), and certificates (TLS)."""

from __future__ import annotations

import ssl
from typing import Literal

import msgspec

from topics.errors import BadConnection

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


class Secret(str):
    """A text that does not show itself where an object is printed for a person or a log."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Say that there is one."""
        return "<secret>"


class Sasl(msgspec.Struct, frozen=True):
    """A user of the cluster, and how the password is proven."""

    mechanism: Mechanism
    username: str
    password: Secret


class Tls(msgspec.Struct, frozen=True):
    """Paths of PEM files: the authority to trust (None: the system's) and one's own certificate."""

    cafile: str | None = None
    certfile: str | None = None
    keyfile: str | None = None

    def context(self) -> ssl.SSLContext:
        """Make the context of a client: the broker's certificate and its name are checked.

        Raises BadConnection where a file cannot be used.
        """
        try:
            context = ssl.create_default_context(cafile=self.cafile)
        except OSError as error:
            raise BadConnection(f"the CA file {self.cafile} {_why(error)}") from error
        if self.certfile is not None:
            try:
                # Without a password OpenSSL would ask on the terminal.
                context.load_cert_chain(self.certfile, self.keyfile, lambda: "")
            except OSError as error:
                files = " with the key ".join(filter(None, (self.certfile, self.keyfile)))
                raise BadConnection(f"the certificate {files} {_why(error)}") from error
        return context


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (
            f"cannot be used ({error.reason or error}); expected PEM, a key that belongs to the "
            "certificate, and no passphrase"
        )
    return f"cannot be read ({error.strerror})"

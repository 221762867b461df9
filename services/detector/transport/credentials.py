"""The connection's settings in the form that Faust has for them."""

from __future__ import annotations

from faust.auth import Credentials, SASLCredentials, SSLCredentials

from topics.connection import Connection


def credentials_of(connection: Connection) -> Credentials | None:
    """Give what Faust's consumer shows the broker, None where it asks for nothing."""
    context = connection.tls.context() if connection.tls else None
    if connection.sasl:
        return SASLCredentials(
            username=connection.sasl.username,
            password=connection.sasl.password,
            mechanism=connection.sasl.mechanism,
            ssl_context=context,
        )
    return SSLCredentials(context) if context else None

"""Why a broker cannot be used, in one sentence: away, or there and refusing.

aiokafka logs what went wrong while it connects and then says only that it could not. So the
question is asked once more, on a connection of our own.
"""

from __future__ import annotations

import ssl
from typing import Any, Final

from aiokafka.conn import AIOKafkaConnection, collect_hosts, create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.api import Request

from topics.connection import PREFIX, Connection
from topics.errors import BrokerRefuses, BrokerUnreachable

NOT_ALLOWED: Final = (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)
"""What a client raises where the broker knows who asks, and does not allow it."""

_ANSWER_WITHIN_MS: Final = 5_000
_WHOSE: Final = {
    ClusterAuthorizationFailedError: "the cluster",
    GroupAuthorizationFailedError: "a consumer group",
    TopicAuthorizationFailedError: "a topic",
    TransactionalIdAuthorizationFailed: "a transactional id",
}


async def why_unreachable(connection: Connection, error: BaseException) -> BrokerUnreachable:
    """Give the error that a person should read where a client has failed with `error`."""
    if isinstance(error, NOT_ALLOWED):
        where = f"the broker at {connection}"
        return BrokerRefuses(not_allowed(error, where, _user(connection)))
    try:
        (await _connect(connection)).close()
    except ValueError as found:
        # The only sign of an address that is none; untrusted certificates are one as well.
        bad_address = not isinstance(found, ssl.SSLError)
        return (
            _away(connection, "its form should be HOST:PORT")
            if bad_address
            else (_told(connection, found))
        )
    except (KafkaError, OSError, TimeoutError) as found:
        return _told(connection, found)
    if isinstance(error, KafkaConnectionError | OSError | TimeoutError):
        return _away(connection, type(error).__name__)  # it was away, or answers nothing else
    return BrokerUnreachable(
        f"the Kafka broker at {connection} is not ready ({type(error).__name__}): wait, and see "
        "its log"
    )


async def why_refused(connection: Connection, error: BaseException) -> BrokerRefuses | None:
    """Give the error of a broker that answers, but not to us; None for all else that failed."""
    found = await why_unreachable(connection, error)
    return found if isinstance(found, BrokerRefuses) else None


def not_allowed(error: KafkaError, where: str = "the broker", who: str = "this user") -> str:
    """Say what a permission is missing for."""
    what = next(what for kind, what in _WHOSE.items() if isinstance(error, kind))
    named = ", ".join(sorted(map(str, _flat(error.args))))
    return (
        f"{where} does not allow {who} to use {what}{f' ({named})' if named else ''}: give the "
        "permissions that docs/security.md lists"
    )


async def ask(connection: Connection, request: Request[Any]) -> Any:
    """Give a broker's answer to one request. Raises KafkaError, OSError, TimeoutError."""
    broker = await _connect(connection)
    try:
        return await broker.send(request)
    finally:
        broker.close()


async def _connect(connection: Connection) -> AIOKafkaConnection:
    settings = connection.client_settings()
    host, port, _ = collect_hosts(settings.pop("bootstrap_servers"))[0]
    return await create_conn(host, port, request_timeout_ms=_ANSWER_WITHIN_MS, **settings)


def _told(connection: Connection, error: BaseException) -> BrokerUnreachable:
    if isinstance(error, ssl.SSLCertVerificationError):
        return BrokerRefuses(
            f"the certificate of the broker at {connection} is not trusted "
            f"({error.verify_message.rstrip('.')}): name the authority that signed it in "
            f"{PREFIX}SSL_CAFILE, and the broker by a name that stands in the certificate"
        )
    if isinstance(error, SaslAuthenticationFailed | AuthenticationFailedError):
        return BrokerRefuses(
            f"the broker at {connection} refused {_user(connection)} with this password: see "
            f"{PREFIX}SASL_USERNAME and {PREFIX}SASL_PASSWORD or {PREFIX}SASL_PASSWORD_FILE"
        )
    if isinstance(error, UnsupportedSaslMechanismError | IllegalSaslStateError):
        return BrokerRefuses(
            f"the broker at {connection} does not take {_user(connection)}: see "
            f"{PREFIX}SASL_MECHANISM and {PREFIX}SECURITY_PROTOCOL"
        )
    if isinstance(error, ssl.SSLError):
        return BrokerRefuses(
            f"the broker at {connection} and we do not agree on TLS ({error.reason or error}): see "
            f"whether that port speaks TLS, and {PREFIX}SECURITY_PROTOCOL"
        )
    if isinstance(error, KafkaConnectionError | ConnectionResetError):
        return BrokerRefuses(
            f"the broker at {connection} ended the connection at once, which was "
            f"{connection.protocol}: see what that port speaks and {PREFIX}SECURITY_PROTOCOL, and "
            f"whether it asks for a certificate ({PREFIX}SSL_CERTFILE)"
        )
    return _away(connection, type(error).__name__)


def _away(connection: Connection, why: str) -> BrokerUnreachable:
    return BrokerUnreachable(
        f"no Kafka broker answers at {connection} ({why}): start one with `touchstone up`, or say "
        "where yours is with --broker HOST:PORT or TOUCHSTONE_BROKER"
    )


def _user(connection: Connection) -> str:
    if connection.sasl is None:
        return "this client" if connection.tls is None else "the client of this certificate"
    return f"the user {connection.sasl.username} ({connection.sasl.mechanism})"


def _flat(args: tuple[object, ...]) -> list[object]:
    return [
        one
        for arg in args
        for one in (arg if isinstance(arg, list | set | tuple | frozenset) else [arg])
    ]

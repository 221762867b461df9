"""A broker that refuses is told apart from one that is away, in one sentence."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from tests.security.broker import SecuredKafka, connection
from tests.security.certificates import Authority
from topics.cluster import admin
from topics.connection import Connection
from topics.errors import BrokerRefuses

MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


async def asked(connection: Connection) -> None:
    async with admin(connection) as client:
        await client.describe_cluster()


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_user_with_the_password_is_let_in(secured: SecuredKafka, mechanism: str) -> None:
    await asked(connection(secured.environment("detector", mechanism)))


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_wrong_password_is_said_and_not_shown(secured: SecuredKafka, mechanism: str) -> None:
    wrong = connection(secured.environment("detector", mechanism), SASL_PASSWORD="hunter2")
    said = f"refused the user detector .{mechanism}. with this password"
    with pytest.raises(BrokerRefuses, match=said) as raised:
        await asked(wrong)
    assert "hunter2" not in str(raised.value)


async def test_client_is_let_in_by_its_certificate_alone(secured: SecuredKafka) -> None:
    await asked(connection(secured.certified("detector")))


async def test_certificate_of_the_broker_must_be_trusted(
    secured: SecuredKafka, tmp_path: Path
) -> None:
    other = connection(
        secured.environment("detector"), SSL_CAFILE=str(Authority(tmp_path, "other").file)
    )
    with pytest.raises(BrokerRefuses, match=r"is not trusted .*SSL_CAFILE"):
        await asked(other)
    with pytest.raises(BrokerRefuses, match="is not trusted"):
        await asked(connection(secured.environment("detector"), SSL_CAFILE=""))


async def test_broker_must_have_the_name_that_its_certificate_says(secured: SecuredKafka) -> None:
    told = {**secured.environment("detector"), "TOUCHSTONE_BROKER": f"localhost:{secured.sasl}"}
    with pytest.raises(BrokerRefuses, match=r"Hostname mismatch.*not valid for 'localhost'"):
        await asked(connection(told))


async def test_missing_certificate_of_the_client_is_said(secured: SecuredKafka) -> None:
    bare = connection(secured.certified("detector"), SSL_CERTFILE="", SSL_KEYFILE="")
    with pytest.raises(BrokerRefuses, match="SSL_CERTFILE"):
        await asked(bare)


async def test_listener_of_another_protocol_is_said(secured: SecuredKafka) -> None:
    address = f"127.0.0.1:{secured.sasl}"
    with pytest.raises(BrokerRefuses, match="SECURITY_PROTOCOL"):
        await asked(Connection(address))
    told = {**secured.environment("detector"), "TOUCHSTONE_BROKER": secured.bootstrap}
    with pytest.raises(BrokerRefuses, match="SECURITY_PROTOCOL"):
        await asked(connection(told))
    plain = connection(told, SECURITY_PROTOCOL="SASL_PLAINTEXT", SSL_CAFILE="")
    with pytest.raises(BrokerRefuses, match="SASL_MECHANISM"):
        await asked(plain)


def test_hostnames_are_checked(secured: SecuredKafka) -> None:
    settings = connection(secured.environment("detector")).client_settings()
    assert settings["ssl_context"].check_hostname
    assert settings["ssl_context"].verify_mode == ssl.CERT_REQUIRED

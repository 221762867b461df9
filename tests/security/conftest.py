"""The broker that these tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.broker import SecuredKafka, secured_kafka


@pytest.fixture(scope="package")
def secured() -> Iterator[SecuredKafka]:
    """Give a broker that asks who is there."""
    with secured_kafka() as kafka:
        yield kafka

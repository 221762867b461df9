"""`touchstone verify` and what it reads, as tests of the detector use it."""

from __future__ import annotations

from tests.detector.shop import engine
from topics.cluster import admin
from topics.connection import Connection
from touchstone.findings import Findings
from touchstone.reading import reading
from touchstone.saidlog import SaidLog
from touchstone.verifying import Verifier


async def verified(bootstrap: str) -> Findings:
    """Look at all subjects, as the command does."""
    connection = Connection(bootstrap)
    async with admin(connection) as client, reading(connection) as reader:
        return await Verifier(client, reader, engine()).run(None)


async def heard(bootstrap: str) -> SaidLog:
    """Read all that was said."""
    async with reading(Connection(bootstrap)) as reader:
        log = SaidLog(reader)
        await log.read()
    return log

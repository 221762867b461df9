"""SQLite as the database of the read model: one file, one writer, readers beside it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from services.api.readmodel.database import Row, Session, migrate

T = TypeVar("T")

_READERS = 4


class SqliteSession:
    """A `Session` on one SQLite connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Ask, and give all rows."""
        with closing(self._connection.execute(sql, values)) as cursor:
            return cursor.fetchall()

    def run(self, sql: str, *values: object) -> None:
        """Change."""
        self._connection.execute(sql, values).close()

    def many(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        """Make the same change for each row of values."""
        self._connection.executemany(sql, values).close()


class SqliteDatabase:
    """A `Database` in one file.

    Readers see the state as of the start of their question and never wait for the writer
    (write-ahead log). A change is on disk when it returns (synchronous FULL): what a client
    of the stream has seen must not be numbered again after a power cut.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file and bring its schema up to date. Raises StoreTooNew."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._opened: list[sqlite3.Connection] = []
        self._local = threading.local()
        self._writer = ThreadPoolExecutor(1, "writer", self._open, (False,))
        self._writer.submit(self._change, migrate).result()
        self._readers = ThreadPoolExecutor(_READERS, "reader", self._open, (True,))

    async def read(self, question: Callable[[Session], T]) -> T:
        """Answer a question on one consistent state."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._ask, question)

    async def write(self, change: Callable[[Session], T]) -> T:
        """Make a change in a transaction of its own, after those asked for earlier."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, self._change, change)

    async def close(self) -> None:
        """Wait for what is under way and close the file."""
        await asyncio.to_thread(self._close)

    def _ask(self, question: Callable[[Session], T]) -> T:
        return self._transaction("BEGIN", question)

    def _change(self, change: Callable[[Session], T]) -> T:
        return self._transaction("BEGIN IMMEDIATE", change)

    def _transaction(self, begin: str, work: Callable[[Session], T]) -> T:
        connection: sqlite3.Connection = self._local.connection
        connection.execute(begin)
        try:
            result = work(SqliteSession(connection))
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return result

    def _open(self, read_only: bool) -> None:  # noqa: FBT001 - called by the executor
        """Give this thread its own connection."""
        # Closed by another thread than the one that opened it, after all of them have ended.
        connection = sqlite3.connect(
            self._path, timeout=30, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA query_only = {int(read_only)}")
        self._local.connection = connection
        self._opened.append(connection)

    def _close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        for connection in self._opened:
            connection.close()

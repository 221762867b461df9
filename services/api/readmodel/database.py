"""What the read model asks of a database, whichever it is.

Questions and changes are plain functions over a `Session`, written once in the SQL that SQLite
and PostgreSQL share, with `?` for values. A database runs them off the event loop: many
questions at a time, one change after the other, each change in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from typing import Any, Protocol, TypeVar

from services.api.errors import StoreTooNew

T = TypeVar("T")
Row = tuple[Any, ...]


class Session(Protocol):
    """One connection inside one transaction; never used by two threads at once."""

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Ask, and give all rows."""

    def run(self, sql: str, *values: object) -> None:
        """Change."""

    def many(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        """Make the same change for each row of values."""


class Database(Protocol):
    """Where the read model is kept. `close` waits for what is under way."""

    async def read(self, question: Callable[[Session], T]) -> T:
        """Answer a question on one consistent state; it cannot change anything."""

    async def write(self, change: Callable[[Session], T]) -> T:
        """Make a change, all of it or (when it raises) nothing; on disk when this returns."""

    async def close(self) -> None:
        """Let go of the database."""


def migrate(session: Session) -> None:
    """Bring the schema to this version. Raises StoreTooNew for one from the future."""
    session.run("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    found = session.rows("SELECT value FROM meta WHERE name = 'schema'")
    version = int(found[0][0]) if found else 0
    steps = _steps()
    if version > len(steps):
        raise StoreTooNew(
            f"The read model has schema {version}, this version knows {len(steps)}: "
            "start the newer version, or remove the read model; it is built again from Kafka."
        )
    for text in steps[version:]:
        for statement in text.split(";\n"):
            if statement.strip():
                session.run(statement)
    set_meta(session, "schema", str(len(steps)))


def meta(session: Session, name: str) -> str | None:
    """Give a fact about the read model itself, None where it is not known yet."""
    found = session.rows("SELECT value FROM meta WHERE name = ?", name)
    return str(found[0][0]) if found else None


def set_meta(session: Session, name: str, value: str) -> None:
    """Write down a fact about the read model itself."""
    session.run(
        "INSERT INTO meta (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value,
    )


def _steps() -> list[str]:
    """Give the texts of the migrations, oldest first."""
    folder = resources.files("services.api.readmodel") / "schema"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return [file.read_text("utf-8") for file in files if file.name.endswith(".sql")]

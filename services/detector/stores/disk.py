"""Copies on disk, in one RocksDB for all partition numbers of a worker.

A key begins with the partition number and a letter: `s` a state by subject, `d` the index of due
instants, `m` the one record that says of what this is the copy and up to where.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import Final, cast

import msgspec
import structlog
from rocksdict import Rdict, WriteBatch

from services.detector import state
from services.detector.errors import NotReady
from services.detector.stores.copy import Copy, Entry
from services.detector.stores.rocks import options

FORMAT: Final = 1  # raise it with the layout here, or with that of a state
READ_AT_ONCE: Final = 1_000
_INDEXED_AT_ONCE: Final = 100_000

_PREFIX: Final = struct.Struct(">Ic")
_INSTANT: Final = struct.Struct(">q")

_log = structlog.get_logger("touchstone.detector")


class Held(msgspec.Struct, frozen=True, array_like=True):
    """Of what a copy is, and up to where; `count` is None where the due instants are not indexed.

    A copy that is made anew is indexed in one go when it is first asked: that is much cheaper.
    """

    format: int
    topic_id: str
    offset: int | None = None
    as_of: int = 0
    count: int | None = None


class DiskCopies:
    """One database in a directory that belongs to this worker alone."""

    def __init__(self, directory: Path, topic_id: str) -> None:
        """Open it, or make it. Raises NotReady where it is in use or cannot be opened."""
        self._topic_id = topic_id
        self._db = _opened(directory)

    def open(self, number: int) -> Copy:
        """Give the copy of a partition number; that of another changelog is discarded."""
        copy = DiskCopy(self._db, number, self._topic_id)
        if copy.is_foreign:
            _log.warning(
                "copy_discarded",
                partition=number,
                reason="it is of another changelog, or of another version of the product",
            )
            copy.discard()
        return copy

    def close(self) -> None:
        """Write all down and let go of the directory."""
        self._db.close()


class DiskCopy:
    """The keys of one partition number."""

    def __init__(self, db: Rdict, number: int, topic_id: str) -> None:
        self._db = db
        self._held_key, self._states, self._dues = (
            _PREFIX.pack(number, kind) for kind in (b"m", b"s", b"d")
        )
        self._empty = Held(FORMAT, topic_id)
        found = db.get(self._held_key)
        self._held = msgspec.msgpack.decode(found, type=Held) if found else self._empty

    @property
    def is_foreign(self) -> bool:
        """Whether this is no copy of the changelog that is in use."""
        held, empty = self._held, self._empty
        return (held.format, held.topic_id) != (empty.format, empty.topic_id)

    @property
    def offset(self) -> int | None:
        """Give the last offset that it holds."""
        return self._held.offset

    @property
    def as_of(self) -> int:
        """Give the time before which nothing was written that it lacks, ms."""
        return self._held.as_of

    def __len__(self) -> int:
        """Count the journeys."""
        return self._indexed()

    def get(self, key: bytes) -> bytes | None:
        """Give the state of a subject."""
        found: bytes | None = self._db.get(self._states + key)
        return found

    def due(self, start: Entry, until: int) -> tuple[Sequence[Entry], Entry]:
        """Read a part of the index."""
        self._indexed()
        end = self._due_key(until + 1, b"")
        keys = _until(end, cast("Iterator[bytes]", self._db.keys(from_key=self._due_key(*start))))
        entries = [self._entry(key) for key in islice(keys, READ_AT_ONCE)]
        if len(entries) < READ_AT_ONCE:
            return entries, (until + 1, b"")
        due, key = entries[-1]
        return entries, (due, key + b"\0")

    def recover(self, states: Mapping[bytes, bytes | None], offset: int, as_of: int) -> None:
        """Take over what was read of the changelog."""
        self.commit(states, offset, as_of)

    def commit(self, states: Mapping[bytes, bytes | None], offset: int | None, as_of: int) -> None:
        """Take over what a transaction has made durable: all of it, or nothing."""
        batch = WriteBatch(raw_mode=True)
        count = self._held.count
        if count is not None:
            count += self._reindex(batch, states)
        for key, one in states.items():
            if one is None:
                batch.delete(self._states + key)
            else:
                batch.put(self._states + key, one)
        offset = self.offset if offset is None else offset
        self._write(batch, msgspec.structs.replace(
            self._held, offset=offset, as_of=as_of, count=count
        ))  # fmt: skip

    def discard(self) -> None:
        """Begin anew."""
        batch = WriteBatch(raw_mode=True)
        for prefix in (self._dues, self._states):
            batch.delete_range(prefix, _after(prefix))
        self._write(batch, self._empty)

    def _write(self, batch: WriteBatch, held: Held) -> None:
        batch.put(self._held_key, msgspec.msgpack.encode(held))
        self._db.write(batch)
        self._held = held

    def _reindex(self, batch: WriteBatch, states: Mapping[bytes, bytes | None]) -> int:
        """Move the index entries of states that change; give how many more journeys there are."""
        more = 0
        before: list[bytes | None] = self._db.get([self._states + key for key in states]) or []
        for (key, new), old in zip(states.items(), before, strict=True):
            more += (new is not None) - (old is not None)
            was, due = state.due_bytes(old), state.due_bytes(new)
            if was != due and was:
                batch.delete(self._dues + was + key)
            if was != due and due:
                batch.put(self._dues + due + key, b"")
        return more

    def _indexed(self) -> int:
        """Index all due instants if that was not done; give how many journeys there are."""
        if self._held.count is None:
            batch = WriteBatch(raw_mode=True)
            batch.delete_range(self._dues, _after(self._dues))
            self._db.write(batch)
            count = sum(map(self._index, self._parts()))
            held = msgspec.structs.replace(self._held, count=count)
            self._write(WriteBatch(raw_mode=True), held)
            return count
        return self._held.count

    def _parts(self) -> Iterator[list[tuple[bytes, bytes]]]:
        """Go through all states, some at a time."""
        items = cast("Iterator[tuple[bytes, bytes]]", self._db.items(from_key=self._states))
        while part := list(islice(items, _INDEXED_AT_ONCE)):
            if not part[-1][0].startswith(
                self._states
            ):  # the last part: asked only here, for speed
                yield [item for item in part if item[0].startswith(self._states)]
                return
            yield part

    def _index(self, part: Sequence[tuple[bytes, bytes]]) -> int:
        batch, prefix, skip = WriteBatch(raw_mode=True), self._dues, len(self._states)
        dues = [(state.due_bytes(one), key) for key, one in part]
        for key in sorted(prefix + due + key[skip:] for due, key in dues if due):
            batch.put(key, b"")
        self._db.write(batch)
        return len(part)

    def _due_key(self, due: int, key: bytes) -> bytes:
        return self._dues + _INSTANT.pack(due) + key

    def _entry(self, key: bytes) -> Entry:
        [due] = _INSTANT.unpack_from(key, len(self._dues))
        return due, key[len(self._dues) + _INSTANT.size :]


def _after(prefix: bytes) -> bytes:
    """Give what is greater than all that begins with the prefix; it ends in a letter."""
    return prefix[:-1] + bytes((prefix[-1] + 1,))


def _until(end: bytes, keys: Iterator[bytes]) -> Iterator[bytes]:
    """Stop before `end`; rocksdict's own upper bound now and then leaves out everything."""
    return takewhile(lambda key: key < end, keys)


def _opened(directory: Path) -> Rdict:
    try:
        return Rdict(str(directory), options())
    except Exception as error:  # rocksdict has no classes of its own
        reason = str(error)
        if "Corruption" not in reason:
            raise _cannot_open(directory, reason) from error
    # A copy can be made again, so a damaged one is no reason to stop for ever.
    _log.error("copies_discarded", directory=str(directory), reason=reason)
    shutil.rmtree(directory)
    return Rdict(str(directory), options())


def _cannot_open(directory: Path, reason: str) -> NotReady:
    if "/LOCK:" in reason:
        return NotReady(
            f"another worker uses {directory.parent}; give each worker a --data-dir of its own"
        )
    return NotReady(f"cannot open the store in {directory}: {reason}")

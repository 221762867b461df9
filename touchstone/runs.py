"""More transitions than fit into memory, in order: sorted runs on disk, merged."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from journey.instant import parse_instant
from journey.said import Transition
from topics.wire import encode_transition
from touchstone.frames import appending, framed, stored

MERGED_AT_ONCE: Final = 100
"""The most runs that are merged at once: so many files are open."""

_Placed = tuple[int, str, str, int, bytes]

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Placed).decode


def ordered(transitions: Iterable[Transition], folder: Path, run: int) -> Iterator[bytes]:
    """Give transitions as JSON, ordered by (at, subject, instance, revision).

    About `run` bytes of them are in memory at a time; the rest is in files in `folder`.
    """
    folder.mkdir()
    waiting: list[_Placed] = []
    size, runs = 0, 0
    for one in transitions:
        waiting.append(_placed(one))
        size += len(waiting[-1][-1])
        if size >= run:
            _write(folder / f"0-{runs}", sorted(waiting))
            waiting, size, runs = [], 0, runs + 1
    files = _fewer([folder / f"0-{number}" for number in range(runs)])
    for *_, line in heapq.merge(sorted(waiting), *map(_read, files)):
        yield line


def _fewer(files: list[Path]) -> list[Path]:
    """Merge runs into longer ones until they can be merged at once."""
    level = 0
    while len(files) > MERGED_AT_ONCE:
        level += 1
        groups = [files[at : at + MERGED_AT_ONCE] for at in range(0, len(files), MERGED_AT_ONCE)]
        files = [files[0].with_name(f"{level}-{number}") for number in range(len(groups))]
        for file, group in zip(files, groups, strict=True):
            _write(file, heapq.merge(*map(_read, group)))
            for merged in group:
                merged.unlink()
    return files


def _placed(one: Transition) -> _Placed:
    # Parsed, because as text `…00Z` sorts after `…00.250Z`.
    at = parse_instant(one.at)
    return (at, one.subject, one.instance, one.revision, encode_transition(one))


def _write(path: Path, run: Iterable[_Placed]) -> None:
    with appending(path) as file:
        for placed in run:
            file.write(framed(_encode(placed)))


def _read(path: Path) -> Iterator[_Placed]:
    return map(_decode, stored(path))

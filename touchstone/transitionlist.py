"""Transitions as `replay` prints them: JSON lines, a table, or a summary.

They come by subject, as they are folded, and may be more than fit into memory.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec

from journey.said import Transition
from touchstone.runs import ordered
from touchstone.summary import Summary

FORMATS: Final = ("jsonl", "table", "summary")

_COLUMNS: Final = (
    ("at", 24),
    ("subject", 28),
    ("model", 14),
    ("moment", 20),
    ("key", 16),
    ("from", 8),
    ("to", 8),
    ("reason", 0),
)
"""Names and widths. What is wider moves the rest of its line; nothing is cut or wrapped."""

_transition_in: Final = msgspec.json.Decoder(Transition).decode


def write(said: Iterable[Sequence[Transition]], form: str, folder: Path, run: int) -> None:
    """Print the transitions of subjects on standard output in one of FORMATS.

    About `run` bytes of them are in memory at a time, the rest is put aside in `folder`.
    """
    if form == "summary":
        summary = Summary()
        for transitions in said:
            summary.count(transitions)
        summary.write()
        return
    found = ordered(chain.from_iterable(said), folder, run)
    for line in found if form == "jsonl" else _table(found):
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.flush()


def _table(found: Iterable[bytes]) -> Iterator[bytes]:
    yield _row([name for name, _ in _COLUMNS])
    for one in map(_transition_in, found):
        what = one.moment or "stage"
        cells = (one.at, one.subject, one.model, what, one.key, one.from_, one.to, one.reason)
        yield _row([visible(cell or "-") for cell in cells])


def _row(cells: Sequence[str]) -> bytes:
    padded = (cell.ljust(width) for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
    return "  ".join(padded).rstrip().encode()


def visible(cell: str) -> str:
    """Write what would break a line, or cannot be seen, as an escape."""
    if cell.isprintable():
        return cell
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in cell)

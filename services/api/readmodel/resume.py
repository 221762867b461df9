"""Where a read model stands: what a new process needs to go on with it."""

from __future__ import annotations

import msgspec

from services.api.readmodel.database import Session, meta
from services.api.readmodel.writer import Place, begin_epoch, last_sequence


class Resumed(msgspec.Struct, frozen=True):
    """The numbering of the stream, the log that was read, and how far.

    `epoch` and `cluster` are empty in a new read model.
    """

    epoch: str
    sequence: int
    cluster: str
    offsets: dict[Place, int]


def resume(session: Session) -> Resumed:
    """Read where the last process ended."""
    rows = session.rows("SELECT topic, part, next_offset FROM offsets")
    return Resumed(
        epoch=meta(session, "epoch") or "",
        sequence=last_sequence(session),
        cluster=meta(session, "cluster") or "",
        offsets={(topic, part): offset for topic, part, offset in rows},
    )


def start_anew(session: Session, cluster: str) -> Resumed:
    """Empty the read model and begin another epoch."""
    begin_epoch(session, cluster)
    return resume(session)

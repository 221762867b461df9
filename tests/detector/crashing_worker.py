"""A worker that ends without a word at one step of a flush: what a power cut would do.

`python -m tests.detector.crashing_worker ORDER STEP NTH`; the steps are those of STEPS.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, Protocol

from aiokafka import AIOKafkaProducer

from services.detector.transport import transactions
from services.detector.transport.table import JourneyStore
from tests.detector import worker

STEPS = ("begun", "sent", "offsets_sent", "committed", "stored")
DIED = 9


class Fuse(Protocol):
    """Ends the process when it burns through."""

    def burn(self) -> None: ...


class Counted:
    """Burns through at the nth call."""

    def __init__(self, nth: int) -> None:
        self._left = nth

    def burn(self) -> None:
        self._left -= 1
        if self._left == 0:
            os._exit(DIED)


def after(method: Callable[..., Any], fuse: Fuse) -> Callable[..., Any]:
    async def dying(*args: Any, **kwargs: Any) -> Any:
        result = await method(*args, **kwargs)
        fuse.burn()
        return result

    return dying


def after_sync(method: Callable[..., Any], fuse: Fuse) -> Callable[..., Any]:
    def dying(*args: Any, **kwargs: Any) -> Any:
        result = method(*args, **kwargs)
        fuse.burn()
        return result

    return dying


def arm(step: str, fuse: Fuse) -> None:
    producer = AIOKafkaProducer
    match step:
        case "begun":
            producer.begin_transaction = after(producer.begin_transaction, fuse)
        case "sent":
            transactions._send_all = after(transactions._send_all, fuse)
        case "offsets_sent":
            sent = producer.send_offsets_to_transaction
            producer.send_offsets_to_transaction = after(sent, fuse)
        case "committed":
            producer.commit_transaction = after(producer.commit_transaction, fuse)
        case "stored":
            stored = after_sync(JourneyStore.commit, fuse)
            JourneyStore.commit = stored  # type: ignore[method-assign]


if __name__ == "__main__":
    arm(sys.argv[2], Counted(int(sys.argv[3])))
    sys.exit(worker.main(sys.argv[1]))

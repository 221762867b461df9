"""Dead letters: the message as it came, and in headers where it came from and why it is here.

The headers are those of Kafka Connect, so that its tools can read them, and one of our own.
"""

from __future__ import annotations

from typing import Final, Literal

Stage = Literal["decode", "admit", "route"]
"""Where a message was refused: no usable event; late or ahead of time; in the wrong partition."""

_CONNECT: Final = "__connect.errors."
REASON: Final = "touchstone_reason"


def dead_letter_headers(
    *,
    topic: str,
    partition: int,
    offset: int,
    stage: Stage,
    exception: str,
    message: str,
    reason: str,
) -> list[tuple[str, bytes]]:
    """Give the headers that are added to a refused message.

    `exception` is a class name, `message` a sentence for a person, and `reason` one word of a
    closed set for programs.
    """
    said = {
        f"{_CONNECT}topic": topic,
        f"{_CONNECT}partition": str(partition),
        f"{_CONNECT}offset": str(offset),
        f"{_CONNECT}stage": stage,
        f"{_CONNECT}exception.class.name": exception,
        f"{_CONNECT}exception.message": message,
        REASON: reason,
    }
    return [(name, value.encode()) for name, value in said.items()]

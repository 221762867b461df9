"""Dead letters: the message as it came, and in headers where it came from and why it is here.

The headers are those of Kafka Connect, so that its tools can read them, and one of our own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

Stage = Literal["decode", "admit", "route", "decide"]
"""Where a message was refused: no usable event or action; late or ahead of time; in the wrong
partition; an action on an alert that is not there."""

CONNECT: Final = "__connect.errors."
REASON: Final = "touchstone_reason"
"""What the names of the headers begin with, and the one of our own."""

_MOST_DIGITS: Final = 19

LEFT_OUT: Final = "touchstone_left_out"
LARGEST: Final = 3 << 19
"""The most bytes of key, value and headers that are kept: 1.5 MiB, and the topic takes 2 MiB."""


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
        f"{CONNECT}topic": topic,
        f"{CONNECT}partition": str(partition),
        f"{CONNECT}offset": str(offset),
        f"{CONNECT}stage": stage,
        f"{CONNECT}exception.class.name": exception,
        f"{CONNECT}exception.message": message,
        REASON: reason,
    }
    return [(name, value.encode()) for name, value in said.items()]


def source_of(headers: Iterable[tuple[str, bytes | None]]) -> tuple[str, int, int] | None:
    """Give the topic, partition and offset that a letter came from; None where it says none."""
    said = dict(headers)
    topic, *place = (said.get(CONNECT + name) for name in ("topic", "partition", "offset"))
    numbers = [int(one) for one in place if one and len(one) <= _MOST_DIGITS and one.isdigit()]
    if not topic or len(numbers) < len(place):
        return None
    return topic.decode("utf-8", "replace"), numbers[0], numbers[1]


def left_out(size: int) -> tuple[str, bytes]:
    """Give the header of a letter that holds its reasons only; `size` is the message's, bytes."""
    return (LEFT_OUT, b"%d" % size)


def size_of(
    key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes | None]]
) -> int:
    """Give how large a message is, bytes; 16 are more than what goes around a header."""
    named = sum(len(name.encode()) + len(it or b"") + 16 for name, it in headers)
    return len(key or b"") + len(value or b"") + named

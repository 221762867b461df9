"""Kafka records as what they change in the read model.

The four topics have one writer, the detector. A record of theirs that breaks its contract is
a fault of ours and is raised as Unreadable, never skipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from journey.instant import parse_instant
from journey.said import Alert, Transition
from services.api.errors import Unreadable
from topics.contracts import ALERTS, DEAD_LETTERS, JOURNEYS, TRANSITIONS
from topics.deadletters import CONNECT, REASON

FOLLOWED = (JOURNEYS, TRANSITIONS, ALERTS, DEAD_LETTERS)


class Record(Protocol):
    """What is read of a consumer's record; `timestamp` in ms since the epoch."""

    @property
    def topic(self) -> str: ...  # noqa: D102
    @property
    def partition(self) -> int: ...  # noqa: D102
    @property
    def offset(self) -> int: ...  # noqa: D102
    @property
    def timestamp(self) -> int: ...  # noqa: D102
    @property
    def key(self) -> bytes | None: ...  # noqa: D102
    @property
    def value(self) -> bytes | None: ...  # noqa: D102
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...  # noqa: D102


class _Stage(msgspec.Struct, frozen=True):
    name: str


class _Moment(msgspec.Struct, frozen=True):
    moment: str
    state: str


class _Progress(msgspec.Struct, frozen=True):
    stage: _Stage | None = None
    moments: tuple[_Moment, ...] = ()


class _View(msgspec.Struct, frozen=True):
    subject: str
    models: dict[str, _Progress]


class JourneyWritten(msgspec.Struct, frozen=True):
    """The public state of a subject, and what it can be found by."""

    subject: str
    document: str
    moments: frozenset[tuple[str, str, str]]
    stages: frozenset[tuple[str, str]]


class JourneyRemoved(msgspec.Struct, frozen=True):
    """A tombstone: the subject's state has expired."""

    subject: str


class TransitionSaid(msgspec.Struct, frozen=True):
    """A transition, with its instant in ms."""

    said: Transition
    at_ms: int
    document: str


class AlertWritten(msgspec.Struct, frozen=True):
    """An alert as it is now, with the instant of its last firing in ms."""

    alert: Alert
    last_at_ms: int
    document: str


class AlertRemoved(msgspec.Struct, frozen=True):
    """A tombstone of an alert."""

    id: str


class LetterDropped(msgspec.Struct, frozen=True):
    """Where a dead letter is and why it is one."""

    partition: int
    offset: int
    at_ms: int
    stage: str
    reason: str
    message: str
    source: tuple[str, int, int]


Change = (
    JourneyWritten | JourneyRemoved | TransitionSaid | AlertWritten | AlertRemoved | LetterDropped
)

_read_view = msgspec.json.Decoder(_View).decode
_read_transition = msgspec.json.Decoder(Transition).decode
_read_alert = msgspec.json.Decoder(Alert).decode


def change_of(record: Record) -> Change:
    """Say what a record of a followed topic changes. Raises Unreadable."""
    try:
        return _READERS[record.topic](record)
    except (msgspec.MsgspecError, KeyError, ValueError) as fault:
        raise Unreadable(
            f"{record.topic}/{record.partition} at offset {record.offset} breaks the contract of "
            f"its topic ({type(fault).__name__}): the detector and the API are of different "
            "versions, or something else writes there."
        ) from fault


def _journey(record: Record) -> Change:
    if record.value is None:
        return JourneyRemoved(_key(record))
    view = _read_view(record.value)
    models = view.models.items()
    moments = {(name, m.moment, m.state) for name, model in models for m in model.moments}
    stages = {(name, model.stage.name) for name, model in models if model.stage}
    text = _one_line(record.value)
    return JourneyWritten(view.subject, text, frozenset(moments), frozenset(stages))


def _transition(record: Record) -> Change:
    value = record.value or b""
    said = _read_transition(value)
    return TransitionSaid(said, parse_instant(said.at), _one_line(value))


def _alert(record: Record) -> Change:
    if record.value is None:
        return AlertRemoved(_key(record))
    alert = _read_alert(record.value)
    return AlertWritten(alert, parse_instant(alert.last_at), _one_line(record.value))


def _letter(record: Record) -> Change:
    # The producer's own headers come first, whatever they are called; the last of a name is ours.
    headers = dict(record.headers)
    return LetterDropped(
        partition=record.partition,
        offset=record.offset,
        at_ms=record.timestamp,
        stage=_text(headers, CONNECT + "stage"),
        reason=_text(headers, REASON),
        message=_text(headers, CONNECT + "exception.message"),
        source=(
            _text(headers, CONNECT + "topic"),
            int(_text(headers, CONNECT + "partition")),
            int(_text(headers, CONNECT + "offset")),
        ),
    )


_READERS = {JOURNEYS: _journey, TRANSITIONS: _transition, ALERTS: _alert, DEAD_LETTERS: _letter}


def _text(headers: Mapping[str, bytes | None], name: str) -> str:
    value = headers[name]
    if value is None:
        raise ValueError(f"header {name} without a value")
    return value.decode()


def _key(record: Record) -> str:
    if record.key is None:
        raise ValueError("a tombstone without a key")
    return record.key.decode()


def _one_line(value: bytes) -> str:
    """Give JSON as one line, as an event of the stream needs it: no string of it holds a break."""
    return value.decode().replace("\r", " ").replace("\n", " ")

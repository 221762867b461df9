"""Which versions the records of the topic `models` bring into force: the same for every reader.

A record counts by its own stamp, the broker's stamp on it, and the records before it. So all who
have read equally far agree, whenever they read. docs/decisions/0024 has the reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from journey.errors import ActivationError, ModelError
from journey.instant import format_duration, format_instant, parse_instant
from journey.language import parse_model
from journey.lines import Activation, lines_of
from journey.model import Model
from topics.envelope import LATEST

_encode: Final = msgspec.json.Encoder().encode


class ModelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The value of a message: a version's text and stamp; `by` and `written` are for people."""

    model: str
    version: str
    stamp: str
    fingerprint: str
    text: str
    by: str
    written: str

    @property
    def key(self) -> bytes:
        """What it is kept under."""
        return f"{self.model}/{self.version}/{self.stamp}".encode()

    def encode(self) -> bytes:
        """Write it as the topic has it."""
        return _encode(self)


_decode: Final = msgspec.json.Decoder(ModelRecord).decode


class Heard(msgspec.Struct, frozen=True):
    """What became of one record; `refusal` says in a sentence why it counts for nothing."""

    key: str
    offset: int
    refusal: str | None = None


class Activations:
    """Takes the records in their order, for a deployment of these models.

    `notice` is how long (ms) before its stamp a record must be on the topic, by the broker's
    clock; None on the events clock, where stamps are of another time (see `touchstone model
    activate`).
    """

    def __init__(self, base: Sequence[Model | Activation], notice: int | None) -> None:
        self._base = tuple(base)
        self._notice = notice
        self._by_key: dict[bytes, Activation] = {}

    @property
    def models(self) -> list[Model | Activation]:
        """All versions, as an engine takes them."""
        return [*self._base, *self._by_key.values()]

    @property
    def activated(self) -> list[Activation]:
        """The versions of the topic, in the order of their records."""
        return list(self._by_key.values())

    def hear(self, offset: int, written: int, key: bytes | None, value: bytes | None) -> Heard:
        """Take a record, which the broker has stamped `written` (ms)."""
        name = (key or b"").decode(errors="replace")
        try:
            if value is None:
                self._withdraw(key or b"", written)
            else:
                self._activate(value, written)
        except _Refused as refused:
            return Heard(name, offset, str(refused))
        return Heard(name, offset)

    def _activate(self, value: bytes, written: int) -> None:
        try:
            record = _decode(value)
            stamp = parse_instant(record.stamp)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            raise _Refused(f"it is no activation: {error}") from error
        self._require_notice(stamp, written)
        activation = Activation(_compiled(record), stamp)
        if record.key in self._by_key:
            raise _Refused("it was activated before")
        try:
            lines_of([*self.models, activation])
        except ActivationError as error:
            raise _Refused(str(error)) from error
        self._by_key[record.key] = activation

    def _withdraw(self, key: bytes, written: int) -> None:
        activation = self._by_key.get(key)
        if activation is None:
            raise _Refused("it takes back what was not activated")
        self._require_notice(activation.stamp, written)
        del self._by_key[key]

    def _require_notice(self, stamp: int, written: int) -> None:
        if not 0 <= stamp < LATEST:
            raise _Refused(f"its stamp is {format_instant(stamp)}; expected a year 1970 to 2999")
        if self._notice is not None and stamp < written + self._notice:
            raise _Refused(
                f"its stamp is {format_instant(stamp)} and it came at {format_instant(written)}; "
                f"expected it {format_duration(self._notice)} before its stamp"
            )


class _Refused(Exception):  # noqa: N818
    """A record counts for nothing; the text says why."""


def _compiled(record: ModelRecord) -> Model:
    try:
        model = parse_model(record.text, f"{record.model} {record.version}")
    except ModelError as error:
        raise _Refused(f"its text is no model: {error}") from error
    said = (record.model, record.version, record.fingerprint)
    if said != (model.name, model.version, model.fingerprint):
        raise _Refused(
            f"its text is that of {model.name} {model.version} ({model.fingerprint}); expected "
            f"that of {record.model} {record.version} ({record.fingerprint})"
        )
    return model

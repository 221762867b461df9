"""The state of a journey as bytes: one byte of format version, then MessagePack.

A state names the versions in force up to where it has come and is read where these are the same:
under others, what it says would depend on when they were changed. What is stamped later may differ.
Words are written once: the live fold's are those said and not withdrawn.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import partial

import msgspec

from journey import identity
from journey.alertdesk import next_age
from journey.alerts import AlertKey
from journey.errors import StateError
from journey.event import Fields
from journey.fold import Fold, Part
from journey.history import NEVER, Entry, History, Order, Times
from journey.instant import format_instant
from journey.journey import AlertState, Journey, Spoken
from journey.lines import Line
from journey.meanings import Meanings
from journey.rules import Rules
from journey.word import RETRACTED, Word

FORMAT = 6

_EntryForm = tuple[int, int, int, str, str, Fields, bool]


class _FoldForm(msgspec.Struct, array_like=True):
    parts: list[Part]
    fired: int


class _BaseForm(msgspec.Struct, array_like=True):
    parts: list[Part]
    fired: int
    words: list[Word]


class _State(msgspec.Struct, array_like=True):
    """What is read; what is written has the same form, of parts that were written before."""

    models: str
    subject: str
    clock: int
    heard: int
    base: msgspec.Raw
    base_due: int | None
    live: _FoldForm
    folded: int
    entries: list[_EntryForm]
    absorbed: list[_EntryForm]
    remembered: dict[str, Times]
    spoken: list[Spoken]
    alerts: list[tuple[AlertKey, AlertState]]


_FORMAT_BYTE = bytes([FORMAT])
_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(_State)
_base_decoder = msgspec.msgpack.Decoder(_BaseForm)


class Encoding:
    """Writes and reads the states of journeys under a set of models."""

    def __init__(self, lines: tuple[Line, ...], meanings: Meanings) -> None:
        self._lines = lines
        self._meanings = meanings
        self._stamps = sorted({stamp for line in lines for stamp in line.stamps})
        self._sets = [_set_of(lines, -1), *(_set_of(lines, stamp) for stamp in self._stamps)]

    def encode(self, journey: Journey) -> bytes:
        """Write a journey that was advanced to its clock."""
        assert journey.changed_at is None, "a journey is advanced before it is written"
        history, live = journey.history, journey.live
        state = (
            self._models_at(journey.reached),
            journey.subject,
            journey.clock,
            journey.heard,
            journey.written_base or _write_base(journey),
            journey.base_due,
            (live.parts, live.fired),
            journey.folded,
            [entry.written or _write_entry(entry) for entry in history.entries],
            [_write_entry(entry) for entry in sorted(history.absorbed, key=_place)],
            history.remembered,
            list(journey.spoken.values()),
            list(journey.alerts.items()),
        )
        return _FORMAT_BYTE + _encode(state)

    def decode(self, subject: str, state: bytes, rules: Rules) -> Journey:
        """Read a journey. Raises StateError when it is of an unknown format or another subject."""
        if not state or state[0] != FORMAT:
            found = state[0] if state else "nothing"
            raise StateError(f"state of format {found}; this version reads format {FORMAT}")
        try:
            form = _decoder.decode(memoryview(state)[1:])
        except msgspec.DecodeError as fault:
            raise StateError(f"state is damaged: {fault}") from fault
        if form.subject != subject:
            raise StateError(f"state of {form.subject!r}; expected that of {subject!r}")
        self._check_models(form)
        return self._journey(form, rules)

    def _check_models(self, form: _State) -> None:
        """Refuse a state that was written under other models than are in force where it is."""
        reached = form.clock
        if form.folded:
            reached = max(reached, form.entries[form.folded - 1][0])
        if form.models != self._models_at(reached):
            names = (
                f"{model.name} {model.version}" for one in self._lines for model in one.versions
            )
            raise StateError(
                f"the journeys were written under other models than {', '.join(names)}; "
                "a deployment keeps its models, so start another, or stamp the change later than "
                f"{format_instant(reached)}"
            )

    def _models_at(self, clock: int) -> str:
        """Identify the versions that are stamped up to a clock (ms)."""
        return self._sets[bisect_right(self._stamps, clock)]

    def _journey(self, form: _State, rules: Rules) -> Journey:
        said = [spoken.word for spoken in form.spoken if spoken.word.to != RETRACTED]
        live = form.live
        journey = Journey(self._fold(form.subject, live.parts, live.fired, said, rules))
        written = form.base.copy()  # of what is read it would keep all
        journey.rest_on_written(
            written, form.base_due, partial(self._read_base, form.subject, written, rules)
        )
        journey.clock, journey.heard, journey.folded = form.clock, form.heard, form.folded
        journey.next_checkpoint += form.folded
        journey.history = History.of(
            [self._entry(form.subject, entry) for entry in form.entries],
            [self._entry(form.subject, entry) for entry in form.absorbed],
            self._remembered(form),
        )
        for spoken in form.spoken:
            journey.take_up(spoken)
        journey.alerts = dict(form.alerts)
        journey.next_age = next_age(journey.alerts.values())
        return journey

    def _read_base(self, subject: str, written: msgspec.Raw, rules: Rules) -> Fold:
        try:
            form = _base_decoder.decode(written)
        except msgspec.DecodeError as fault:
            raise StateError(f"state is damaged: {fault}") from fault
        return self._fold(subject, form.parts, form.fired, form.words, rules)

    def _remembered(self, form: _State) -> dict[str, Times]:
        """Give the times of ids by the lines of now: there may be more, and in another order."""
        if not form.remembered:
            return {}
        at = {part.name: place for place, part in enumerate(form.live.parts)}
        places = [at.get(line.name) for line in self._lines]
        return {
            mine: tuple(NEVER if place is None else times[place] for place in places)
            for mine, times in form.remembered.items()
        }

    def _entry(self, subject: str, form: _EntryForm) -> Entry:
        t, sequence, rank, message_id, name, fields, elsewhere = form
        masks = self._meanings.of_fields(subject, t, name, fields, elsewhere=elsewhere)
        return Entry(t, sequence, rank, message_id, name, fields, elsewhere, masks, masks)

    def _fold(
        self, subject: str, parts: list[Part], fired: int, words: list[Word], rules: Rules
    ) -> Fold:
        fold = rules.empty(subject)
        fold.fired = fired
        fold.words = {word.instance: word for word in words}
        if parts:
            by_name = {part.name: part for part in parts}
            fold.parts = [by_name.get(line.name) or Part(line.name) for line in self._lines]
            rules.arm(fold)
        return fold


def _set_of(lines: tuple[Line, ...], stamp: int) -> str:
    """Identify the versions that are stamped up to an instant (ms)."""
    return identity.fingerprint_of(
        sorted(
            (line.name, model.version, model.fingerprint, at)
            for line in lines
            for model, at in zip(line.versions, line.stamps, strict=True)
            if at <= stamp
        )
    )


def _place(entry: Entry) -> tuple[Order, bytes]:
    return entry.order, entry.content


def _write_base(journey: Journey) -> msgspec.Raw:
    base = journey.base
    form = (base.parts, base.fired, list(base.words.values()))
    journey.written_base = msgspec.Raw(_encode(form))
    return journey.written_base


def _write_entry(entry: Entry) -> msgspec.Raw:
    form: _EntryForm = (
        entry.t,
        entry.sequence,
        entry.rank,
        entry.message_id,
        entry.name,
        entry.fields,
        entry.elsewhere,
    )
    entry.written = msgspec.Raw(_encode(form))
    return entry.written

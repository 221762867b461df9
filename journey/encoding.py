"""The state of a journey as bytes: one byte of format version, then MessagePack.

A state names the models it was written under and is read under the same ones only: under
others, what it says would depend on when they were changed. Words are written once: the live
fold's are those said and not withdrawn.
"""

from __future__ import annotations

import msgspec

from journey.alerts import AlertKey
from journey.errors import StateError
from journey.event import Fields
from journey.fold import Counted, Fold
from journey.history import Entry, History, Order, Times
from journey.journey import AlertState, Journey, Spoken
from journey.model import Model
from journey.rules import Rules
from journey.word import RETRACTED, Instance, Word

FORMAT = 1

_EntryForm = tuple[int, int, int, str, str, Fields]


class _Part(msgspec.Struct, array_like=True):
    """One model's part of a fold: open instances, last closed ones and counts by moment name."""

    stage: str | None
    since: int
    open: list[Instance]
    last: list[Instance]
    counted: list[tuple[str, str | None, Counted]]


class _FoldForm(msgspec.Struct, array_like=True):
    parts: list[_Part]
    born: int | None
    last_t: int | None
    fired: int


class _State(msgspec.Struct, array_like=True):
    models: list[str]
    subject: str
    clock: int
    base: _FoldForm
    base_words: list[Word]
    live: _FoldForm
    folded: int
    entries: list[_EntryForm]
    absorbed: list[_EntryForm]
    remembered: dict[str, Times]
    spoken: list[Spoken]
    alerts: list[tuple[AlertKey, AlertState]]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_State)


class Encoding:
    """Writes and reads the states of journeys under a set of models."""

    def __init__(self, models: tuple[Model, ...]) -> None:
        self._models = models
        self._names = [f"{one.name} {one.version} ({one.fingerprint})" for one in models]

    def encode(self, journey: Journey) -> bytes:
        """Write a journey that was advanced to its clock."""
        assert journey.changed_at is None, "a journey is advanced before it is written"
        history = journey.history
        state = _State(
            models=self._names,
            subject=journey.subject,
            clock=journey.clock,
            base=self._fold_form(journey.base),
            base_words=list(journey.base.words.values()),
            live=self._fold_form(journey.live),
            folded=journey.folded,
            entries=[_entry_form(entry) for entry in history.entries],
            absorbed=[_entry_form(entry) for entry in sorted(history.absorbed, key=_place)],
            remembered=history.remembered,
            spoken=list(journey.spoken.values()),
            alerts=list(journey.alerts.items()),
        )
        return bytes([FORMAT]) + _encoder.encode(state)

    def decode(self, subject: str, state: bytes, rules: Rules) -> Journey:
        """Read a journey. Raises StateError when it is of an unknown format or another subject."""
        if not state or state[0] != FORMAT:
            found = state[0] if state else "nothing"
            raise StateError(f"state of format {found}; this version reads format {FORMAT}")
        try:
            form = _decoder.decode(memoryview(state)[1:])
        except msgspec.DecodeError as fault:
            raise StateError(f"state is damaged: {fault}") from fault
        if form.models != self._names:
            raise StateError(
                f"the journeys were written under other models: {', '.join(form.models)}; these "
                f"are {', '.join(self._names)}; a deployment keeps its models, so start another"
            )
        if form.subject != subject:
            raise StateError(f"state of {form.subject!r}; expected that of {subject!r}")
        return self._journey(form, rules)

    def _journey(self, form: _State, rules: Rules) -> Journey:
        journey = Journey(self._fold(form.subject, form.base, form.base_words, rules))
        said = [spoken.word for spoken in form.spoken if spoken.word.to != RETRACTED]
        journey.live = self._fold(form.subject, form.live, said, rules)
        journey.clock, journey.folded = form.clock, form.folded
        journey.history = History.of(
            [self._entry(entry) for entry in form.entries],
            [self._entry(entry) for entry in form.absorbed],
            form.remembered,
        )
        journey.spoken = {spoken.word.instance: spoken for spoken in form.spoken}
        journey.alerts = dict(form.alerts)
        return journey

    def _entry(self, form: _EntryForm) -> Entry:
        t, sequence, rank, message_id, name, fields = form
        masks = tuple(model.signals_of(name, fields) for model in self._models)
        return Entry(t, sequence, rank, message_id, name, fields, masks, masks)

    def _fold_form(self, fold: Fold) -> _FoldForm:
        parts = [
            _Part(
                stage=part.stage,
                since=part.since,
                open=[one for instances in part.open for one in instances.values()],
                last=[one for one in part.last if one is not None],
                counted=[
                    (moment.name, key, refs)
                    for moment, by_key in zip(model.moments, part.counted, strict=True)
                    for key, refs in by_key.items()
                ],
            )
            for model, part in zip(self._models, fold.models, strict=True)
        ]
        return _FoldForm(parts, fold.born, fold.last_t, fold.fired)

    def _fold(self, subject: str, form: _FoldForm, words: list[Word], rules: Rules) -> Fold:
        fold = rules.empty(subject)
        fold.born, fold.last_t, fold.fired = form.born, form.last_t, form.fired
        fold.words = {word.instance: word for word in words}
        for at, (model, part) in enumerate(zip(self._models, form.parts, strict=True)):
            _restore(fold, at, model, part)
        return fold


def _restore(fold: Fold, at: int, model: Model, form: _Part) -> None:
    part = fold.models[at]
    indexes = {moment.name: moment.index for moment in model.moments}
    part.stage, part.since = form.stage, form.since
    for instance in form.open:
        index = indexes[instance.moment]
        part.open[index][instance.key] = instance
        fold.arm(at, index, instance)
    for instance in form.last:
        part.last[indexes[instance.moment]] = instance
    for moment, key, counted in form.counted:
        part.counted[indexes[moment]][key] = counted


def _place(entry: Entry) -> tuple[Order, bytes]:
    return entry.order, entry.content


def _entry_form(entry: Entry) -> _EntryForm:
    return (entry.t, entry.sequence, entry.rank, entry.message_id, entry.name, entry.fields)

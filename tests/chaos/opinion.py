"""A second opinion on what was said, that has nothing in common with `touchstone verify`.

It reads the topics by itself, takes the events from the journal of what was sent, reads them by
the plain rules of topics.envelope, and folds them with the oracle, which is not the engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from journey.engine import Engine
from journey.event import Event
from tests.chaos.findings import Findings
from tests.chaos.load import PARTITIONS, Sent
from tests.chaos.promises import broken, promises
from tests.journey.oracle import Oracle
from topics import catalogue, envelope
from topics.partition import partition_of

Word = dict[str, Any]
_NOT_COMPARED = {"id", "revision", "from"}


class Written(NamedTuple):
    """A transition and when (ms) it was written."""

    at: int
    word: Word


def telling(words: Sequence[Written]) -> Findings:
    """Check that no id was said twice, and that the revisions of an instance have no hole."""
    found, ids, revisions = Findings(), set[str](), dict[str, int]()
    for _, word in words:
        instance, revision = word["instance"], word["revision"]
        if word["id"] in ids:
            found.note("repeated", f"{_name(word)}; its id was said before")
            continue
        ids.add(word["id"])
        if revision != revisions.get(instance, 0) + 1:
            found.note("lost", f"the word before {_name(word)}")
        revisions[instance] = revision
    return found


def keeping(words: Sequence[Written], journal: Sequence[Sent]) -> Findings:
    """Check promises by hand: their last words, and that none was called missed too early."""
    found = Findings()
    for sentence in broken(promises(journal), words):
        found.note("wrong", sentence)
    return found


class Expected:
    """What the oracle says of the events of a journal."""

    def __init__(self, engine: Engine, journal: Iterable[Sent]) -> None:
        self._engine = engine
        self._events: dict[str, list[Event]] = defaultdict(list)
        for sent in journal:
            event = _read(sent, engine.fields)
            self._events[event.subject].append(event)

    def compare(self, words: Iterable[Written], clocks: Mapping[int, int]) -> Findings:
        """Hold last words against the oracle's, each partition at its clock (ms)."""
        last: dict[str, dict[str, Word]] = {subject: {} for subject in self._events}
        for _, word in words:
            last.setdefault(word["subject"], {})[word["instance"]] = word
        found = Findings()
        for subject, said in last.items():
            number = partition_of(subject.partition(":")[2].encode(), PARTITIONS)
            _compare(self._fold(subject, clocks[number]), said, found)
        return found

    def _fold(self, subject: str, clock: int) -> dict[str, Word]:
        folded: dict[str, Word] = {}
        for model in self._engine.models:
            oracle = Oracle([(model, None)], self._engine.settings, subject)
            folded |= oracle.fold(self._events[subject], clock)
        return folded


def _compare(expected: dict[str, Word], said: dict[str, Word], found: Findings) -> None:
    live = {one: word for one, word in said.items() if word["to"] != "retracted"}
    for instance in expected.keys() - live.keys():
        found.note("lost", _name(expected[instance]))
    for instance in live.keys() - expected.keys():
        found.note("invented", _name(live[instance]))
    for instance in expected.keys() & live.keys():
        wanted = expected[instance]
        got = {name: value for name, value in live[instance].items() if name not in _NOT_COMPARED}
        if got != wanted:
            found.note("wrong", f"{_name(live[instance])}; expected {orjson.dumps(wanted)!r}")


def _read(sent: Sent, paths: Iterable[str]) -> Event:
    """Read an event by the plain rules; only what the load sends can come."""
    body = sent.event
    entry = catalogue.load().entry(envelope.name_of(body))
    fields = {path: value for path in paths if (value := _at(body, path)) is not None}
    sequence = _at(body, entry.sequence) if entry.sequence else 0
    return Event(
        subject=envelope.subject(body),
        message_id=body["messageId"],
        t=envelope.instant(body, "timestamp"),
        a=sent.stamp,
        name=entry.name,
        sequence=sequence or 0,
        rank=entry.rank,
        fields=fields,
    )


def _at(body: Any, path: str) -> Any:
    for part in path.split("."):
        body = body.get(part) if isinstance(body, dict) else None
    return body


def _name(word: Word) -> str:
    what = word.get("moment") or "stage"
    return f"{word['subject']} {what} {word['to']} at {word['at']}, instance {word['instance']}"

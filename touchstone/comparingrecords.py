"""What became of single records: each that had to be was forwarded, or made a dead letter, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec
from aiokafka import TopicPartition

from journey.event import Event
from topics.contracts import ALERT_ACTIONS
from touchstone.findings import Findings
from touchstone.letterlog import LetterLog
from touchstone.rekeyedlog import RekeyedLog
from touchstone.sourcelog import Committed, Extents, Source, SourceLog

Faults = dict[Source, Findings]
"""By the record that they are about."""


def check_forwards(
    sent: Mapping[Source, Event], arrived: Mapping[Source, Iterable[Event]]
) -> dict[str, Findings]:
    """Give, by subject, the events that had to be forwarded and were not once in the topic."""
    found: dict[str, Findings] = {}
    for source, event in sent.items():
        times = len(list(arrived.get(source, ())))
        if times != 1:
            findings = found.setdefault(event.subject, Findings())
            if times:
                findings.repeat(f"{_name(source)} was forwarded {times} times")
            else:
                findings.lose(f"{_name(source)} was not forwarded to its customer's")
    return found


def check_origins(
    arrived: Mapping[Source, Iterable[Event]],
    fresh: Collection[Source],
    sent: Mapping[Source, Event],
    extents: Extents,
) -> Faults:
    """Give what was forwarded from where no such event had to be; `fresh` came only just now."""
    faults: Faults = {}
    for source, events in arrived.items():
        findings, expected = Findings(), sent.get(source)
        for event in events:
            if expected is not None:
                name = f"what was forwarded from {_name(source)}"
                findings.differ(name, _comparable(expected), _comparable(event))
            elif not _cannot_tell(source, fresh, extents):
                name = f"an event of {event.subject} forwarded from {_name(source)}"
                findings.invent(f"{name}; it is not there")
        if not findings.clean:
            faults[source] = findings
    return faults


def check_letters(
    refused: Mapping[Source, bytes | None], letters: LetterLog, extents: Extents
) -> Faults:
    """Give the records without their dead letter, and the letters too many.

    `refused` has the key of each record's letter. Of operators' actions it is only looked whether
    a letter is there twice: which can be decided depends on the alerts of that moment.
    """
    faults: Faults = {}
    for source, key in refused.items():
        if source not in letters.sources and not letters.may_be_gone(source, key):
            faults[source] = Findings()
            faults[source].lose(f"{_name(source)} is of no use, and has no dead letter")
    for source, times in letters.sources.items():
        findings = Findings()
        if times > 1:
            findings.repeat(f"{_name(source)} has {times} dead letters")
        known = source in refused or source[0] == ALERT_ACTIONS
        if not known and not _cannot_tell(source, letters.fresh, extents):
            findings.invent(f"{_name(source)} has a dead letter, but nothing of no use is there")
        if not findings.clean:
            faults[source] = findings
    for name in letters.nameless:
        nowhere = faults[name, -1, -1] = Findings()
        nowhere.invent(f"the dead letter {name}; it does not say where it came from")
    return faults


def check_records(
    sources: SourceLog, rekeyed: RekeyedLog, letters: LetterLog, until: Committed
) -> Faults:
    """Look at all records that were committed, and at all that was forwarded or refused."""
    extents = sources.extents | rekeyed.extents(until)
    folded = {
        source: key
        for source, key in rekeyed.refused.items()
        if source[2] in extents[TopicPartition(*source[:2])]
    }
    faults = check_letters(sources.refused | folded, letters, extents)
    origins = check_origins(rekeyed.arrived, rekeyed.fresh, sources.misplaced, sources.extents)
    for source, found in origins.items():
        faults.setdefault(source, Findings()).add(found)
    return faults


def _cannot_tell(source: Source, fresh: Collection[Source], extents: Extents) -> bool:
    """Say whether a record is gone by retention, or was committed after the sources were read."""
    topic, number, offset = source
    extent = extents.get(TopicPartition(topic, number))
    if extent is None:
        return False
    return offset < extent.start or (offset >= extent.stop and source in fresh)


def _comparable(event: Event) -> dict[str, object]:
    return msgspec.structs.asdict(event)


def _name(source: Source) -> str:
    return "/".join(map(str, source))

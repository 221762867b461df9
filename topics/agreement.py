"""Whether the topics that a broker has are those of the contracts. Decides only; asks nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from journey.instant import HOUR
from topics.contracts import CHANGELOG, MODELS, READ, SOURCES, Clock, Topic, load
from topics.errors import TopicsWrong, WrongClock

STAMPS: Final = "message.timestamp.type"
"""Where a deployment's clock is written down: in this setting of its source topics."""

_SIZE: Final = "max.message.bytes"
_AHEAD: Final = "message.timestamp.after.max.ms"
_AHEAD_BY_DEFAULT: Final = HOUR
"""What Kafka 4 allows where nothing is set; before, it was anything."""

CREATE: Final = "make the topics with `touchstone topics create`"

_CLOCKS: Final[Mapping[str, Clock]] = {"LogAppendTime": "wall", "CreateTime": "events"}


class Found(msgspec.Struct, frozen=True):
    """One topic as it is on the broker; `config` has the settings that contracts speak of."""

    partitions: int
    config: Mapping[str, str]


FoundTopics = Mapping[str, Found]


def clock_of(found: FoundTopics) -> Clock | None:
    """Give the clock that the source topics were made for; None where there is none of them.

    Raises TopicsWrong when they disagree.
    """
    stamps = {name: found[name].config[STAMPS] for name in SOURCES if name in found}
    if len(set(stamps.values())) > 1:
        each = ", ".join(f"{name} {kind}" for name, kind in stamps.items())
        raise TopicsWrong(
            f"{STAMPS} is not the same for all source topics ({each}); expected LogAppendTime for "
            "the wall clock or CreateTime for the events clock: use an empty broker"
        )
    return next((_CLOCKS[kind] for kind in stamps.values()), None)


def expect_clock(found: FoundTopics, clock: Clock) -> None:
    """Pass over topics that are made for this clock or not made yet; else raise WrongClock."""
    there = clock_of(found)
    if there not in {None, clock}:
        raise WrongClock(
            f"the topics on this broker are for --clock {there}, not --clock {clock}: a deployment "
            "keeps the clock it was made with; use another broker or data directory"
        )


def partitions_of(found: FoundTopics, wanted: int | None) -> int | None:
    """Give the number of partitions for topics still to be made; None where contracts decide.

    Topics that are there already decide for the rest. Raises TopicsWrong when another number
    is wanted.
    """
    there = next((found[name].partitions for name in (*READ, CHANGELOG) if name in found), None)
    if there and wanted and there != wanted:
        raise TopicsWrong(
            f"the topics on this broker have {there} partitions, not {wanted}: the number stays "
            "what it was when they were made; use another broker or data directory"
        )
    return there or wanted


def problems(found: FoundTopics) -> list[str]:
    """Say in a sentence each what is not as the contracts have it."""
    missing = _missing(found)
    try:
        clock = clock_of(found)
    except TopicsWrong as error:
        return [*missing, str(error), *_counts(found)]
    settings = [
        line
        for name, topic in load().items()
        if clock and name in found
        for line in _settings(topic, found[name], clock)
    ]
    return [*missing, *_counts(found), *_orders(found), *settings]


def _orders(found: FoundTopics) -> list[str]:
    """Say where there are several partitions of what has to be in one order."""
    count = found[MODELS].partitions if MODELS in found else 1
    if count == 1:
        return []
    return [f"{MODELS} has {count} partitions, expected 1: {CREATE}"]


def faults(found: FoundTopics, clock: Clock) -> list[str]:
    """Say in a sentence each what no detector should start with; `problems` has the rest too."""
    settings = [
        line
        for name, topic in load().items()
        if name in found
        for line in _settings(topic, found[name], clock, grave=True)
    ]
    return [*_missing(found), *_counts(found), *settings]


def _missing(found: FoundTopics) -> list[str]:
    return [f"{name} is missing: {CREATE}" for name in load() if name not in found]


def _counts(found: FoundTopics) -> list[str]:
    counts = {name: found[name].partitions for name in (*READ, CHANGELOG) if name in found}
    if len(set(counts.values())) <= 1:
        return []
    each = ", ".join(f"{name} {count}" for name, count in counts.items())
    problem = (
        f"partition counts differ ({each}); expected one number for the source topics and the "
        "changelog: stop, delete the topics that are wrong, and make them again"
    )
    return [problem]


def _settings(topic: Topic, found: Found, clock: Clock, *, grave: bool = False) -> list[str]:
    wanted = topic.config_for(clock)
    unknown = [
        f"{topic.name}: the broker does not know {name}; expected Apache Kafka 3.6 or newer"
        for name in wanted
        if name not in found.config
    ]
    differing = [
        f"{topic.name}: {name} is {found.config[name]}, expected {value}: "
        f"kafka-configs.sh --alter --topic {topic.name} --add-config {name}={value}"
        for name, value in wanted.items()
        if found.config.get(name, value) != value
        and (not grave or _is_grave(name, found.config[name], value))
    ]
    return unknown + differing


def _is_grave(name: str, found: str, expected: str) -> bool:
    """Say whether a setting does harm: retention, for one, is the owner's to choose.

    Stamps of the wrong clock make late events of good ones; a compacted source forgets events, a
    changelog or a view that is not compacted forgets journeys; a topic that takes too little
    stops every worker at the same message, and one that takes any stamp may hold them there.
    """
    if name == _SIZE:
        return int(found) < int(expected)
    if name == _AHEAD:
        return int(found) > _AHEAD_BY_DEFAULT
    return name in {"cleanup.policy", STAMPS}

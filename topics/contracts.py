"""The topics: one YAML file each, beside this module, with what every client must agree on."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Final, Literal

import msgspec

from topics import catalogue
from topics.errors import BadContract

EVENTS_WEB: Final = "events.web"
EVENTS_PURCHASE: Final = "events.purchase"
EVENTS_SUPPORT: Final = "events.support"
EVENTS_FEEDBACK: Final = "events.feedback"
SOURCES: Final = (EVENTS_WEB, EVENTS_PURCHASE, EVENTS_SUPPORT, EVENTS_FEEDBACK)
REKEYED: Final = "events.rekeyed"
ALERT_ACTIONS: Final = "alert-actions"
READ: Final = (*SOURCES, REKEYED, ALERT_ACTIONS)
"""All that a partition number of the detector reads: equally many partitions each."""
TRANSITIONS: Final = "transitions"
ALERTS: Final = "alerts"
JOURNEYS: Final = "journeys"
DEAD_LETTERS: Final = "dead-letters"
CHANGELOG: Final = "touchstone-journeys-changelog"

GROUP: Final = "touchstone"
"""The detectors' consumer group; transactional ids and the changelog's name begin with it."""
MODELS: Final = "models"

Clock = Literal["wall", "events"]
"""What drives a deployment: the wall clock, or the arrival stamps of history fed in."""

_CLEANUP: Final = {"log": "delete", "compacted": "compact"}


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One message, as a reader would show it."""

    key: str
    value: Any
    headers: dict[str, str] = {}


class Topic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One topic's contract.

    `config` is Kafka's topic configuration, `clocks` what is added on a deployment of that
    clock. `schema` and `headers` name the files in schemas/ that the JSON value and the headers
    keep; None where there is nothing to say by a schema, and then `format` says what it is.
    `partitions` is a default: a deployment may have another number, but for a topic of one,
    whose messages are in one order.
    """

    name: str
    description: str
    key: str
    kind: Literal["log", "compacted"]
    partitions: int
    config: dict[str, int | str]
    format: str
    schema: str | None
    producers: list[str]
    consumers: list[str]
    examples: list[Example]
    headers: str | None = None
    clocks: dict[Clock, dict[str, int | str]] = {}

    def partitions_for(self, wanted: int | None) -> int:
        """Give the number of partitions on a deployment that wants so many of each topic."""
        return self.partitions if self.partitions == 1 else wanted or self.partitions

    def config_for(self, clock: Clock) -> dict[str, str]:
        """Give the whole configuration of the topic on a deployment of that clock."""
        config = {"cleanup.policy": _CLEANUP[self.kind], **self.config}
        return {name: str(value) for name, value in (config | self.clocks.get(clock, {})).items()}


@cache
def load() -> dict[str, Topic]:
    """Read the contracts that ship with the product, by topic name. Raises BadContract."""
    folder = resources.files("topics")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda f: f.name
    )
    topics = [
        read(file.name, file.read_text("utf-8")) for file in files if file.name != catalogue.FILE
    ]
    return {topic.name: topic for topic in topics}


def read(file: str, text: str) -> Topic:
    """Read one contract. Raises BadContract with the file, the place and what was expected."""
    try:
        topic = msgspec.yaml.decode(text, type=Topic)
    except msgspec.DecodeError as error:
        expected = ", ".join(Topic.__struct_fields__)
        raise BadContract(f"{file}: {error}; the keys of a topic are {expected}") from error
    if file != f"{topic.name}.yaml":
        raise BadContract(f"{file}: name is {topic.name!r}; expected the file's own name")
    return topic


@cache
def schema(file: str) -> dict[str, Any]:
    """Read a JSON Schema of schemas/. Do not change what you get: it is shared."""
    text = resources.files("topics").joinpath("schemas", file).read_text("utf-8")
    return msgspec.json.decode(text, type=dict[str, Any])
